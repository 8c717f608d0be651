// The key map. What a key does is told by the server's one list of keys, in `data-keys`; where it
// does it is told by the page, in `data-does`.

interface Key {
  key: string;
  code: string;
  does: string;
}

/** Reads the server's list; a page without one has no keys. */
function keysOf(page: Document): Key[] {
  return JSON.parse(page.body.dataset["keys"] ?? "[]") as Key[];
}

/** Whether somebody is writing there, so that keys are letters. */
function isWriting(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** The key that was pressed; its place decides on keyboards whose letters are not Latin. */
function pressed(event: KeyboardEvent, keys: Key[]): Key | undefined {
  if (event.altKey || event.metaKey) return undefined;
  if (event.ctrlKey) {
    return event.key === "Enter" ? keys.find((key) => key.key === "Ctrl+Enter") : undefined;
  }
  const byName = keys.find((key) => key.key === event.key);
  if (byName !== undefined || /^[ -~]$/.test(event.key)) return byName;
  const code = event.shiftKey ? `Shift+${event.code}` : event.code;
  return keys.find((key) => key.code === code && key.key.length === 1);
}

/** Opens every closed part around an element, so that it can be reached. */
function open(element: Element): void {
  for (let part = element.closest("details"); part !== null; ) {
    part.open = true;
    part = part.parentElement?.closest("details") ?? null;
  }
}

/** Focuses a field, chooses a row, follows a link or presses a button. */
function use(element: HTMLElement): void {
  open(element);
  if (element instanceof HTMLInputElement && element.type === "radio") {
    if (!element.disabled) element.click();
    element.focus();
  } else if (isWriting(element)) {
    element.focus();
  } else {
    element.click();
  }
}

/** Shows all pictures, or blurs them again where all are shown. */
function reveal(page: Document): void {
  const boxes = [...page.querySelectorAll<HTMLInputElement>("input[data-does=reveal]")];
  const isAllShown = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !isAllShown;
}

/** Moves in the list of links that a page marks as rows. */
function move(page: Document, step: 1 | -1): void {
  const rows = [...page.querySelectorAll<HTMLElement>("a[data-row]")];
  const now = rows.findIndex((row) => row === page.activeElement);
  const next = now === -1 ? (step === 1 ? 0 : rows.length - 1) : now + step;
  rows[next]?.focus();
}

/** Sends the form that somebody is filling in, else the decision. */
function submit(page: Document): void {
  const form = page.activeElement?.closest("form");
  const button = page.querySelector<HTMLElement>("[data-does=submit]");
  if (form instanceof HTMLFormElement && form.method === "post") form.requestSubmit();
  else button?.click();
}

/** Does what a key does; says whether there was something to do. */
function run(page: Document, key: Key): boolean {
  switch (key.does) {
    case "submit-form":
      submit(page);
      return true;
    case "reveal":
      reveal(page);
      return true;
    case "down":
      move(page, 1);
      return true;
    case "up":
      move(page, -1);
      return true;
    case "open":
    case "leave":
      return false;
    default: {
      const element = page.querySelector<HTMLElement>(`[data-does="${key.does}"]`);
      if (element === null) return false;
      use(element);
      return true;
    }
  }
}

/** Listens to the keyboard. */
export function listen(page: Document): void {
  const keys = keysOf(page);
  page.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat) return;
    if (event.key === "Escape" && page.activeElement instanceof HTMLElement) {
      page.activeElement.blur();
      return;
    }
    const key = pressed(event, keys);
    if (key === undefined || (isWriting(event.target) && key.does !== "submit-form")) return;
    if (run(page, key)) event.preventDefault();
  });
}
