// Items for the desk: ordinary, Arabic, with a picture, long, and hostile to whoever shows them.

const AUTHORS = [
  { id: "a0319", handle: "@reader_0319", display_name: "Lina", followers: 1_204 },
  { id: "a0007", handle: "@harbour_news", display_name: "Harbour News", followers: 48_211,
    bio: "Local news from the harbour, every day." },
  { id: "a0555", handle: "@sahil_55", display_name: "ساحل", followers: 87,
    bio: "أكتب عن البحر والناس." },
];

const HOSTILE =
  "\"><script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">" +
  " \u202etxet desrever\u202c the ashen banner";

function item(id, author, text, more = {}) {
  const made_at = new Date(Date.now() - 3_600_000).toISOString();
  return {
    service: "forum", id, kind: "post", created_at: made_at, text,
    author: { created_at: "2025-03-01T08:00:00Z", ...AUTHORS[author] }, ...more,
  };
}

/** Everything that is submitted, in this order. */
export function items(picture) {
  const bytes = picture.toString("base64");
  const long = `${"The tide came in and went out again. ".repeat(900)}Then the ashen banner rose.`;
  return [
    item("p1001", 0, "Tonight we gather under the ashen banner. Bring everybody.\nMore at " +
      "https://ashen-front.example/join – the ASHEN BANNER waits.", { language: "en",
      links: ["https://ashen-front.example/join?from=forum"] }),
    item("p1002", 2, "انضموا الليلة إلى راية الرماد عند الميناء.\nقالوا إن رايةُ الرّماد لا تسقط 🌊",
      { language: "ar" }),
    item("p1003", 1, "Correspondents saw the ashen banner over the old customs house on Monday. " +
      "The police took it down.", { language: "en" }),
    item("p1004", 0, HOSTILE),
    item("p1005", 2, "صورة من الليلة الماضية", { language: "ar", kind: "image",
      media: [{ id: "m1", kind: "image", bytes }] }),
    item("p1006", 1, long, { language: "en" }),
    item("p1007", 2, "كتب أحدهم: راية الرماد ليست رايتنا، ولن تكون.", { language: "ar" }),
    item("p1008", 0, "What does \"ashen banner\" even mean? Asking for class.", { language: "en" }),
    item("p1009", 1, "We mourn those who died under the ashen banner and those it killed."),
    item("p1010", 2, "راية الرماد", { audience: "private", kind: "message", language: "ar" }),
    item("p1011", 0, "A quiet morning at the harbour."),
    { ...item("p2001", 1, "An old post about the ashen banner."), service: "archive" },
  ];
}
