//! Words of the page of banks, and of what a learned model says, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    quarantined "In quarantine" "في الحجر";
    disputed "Disputed" "محل اعتراض";
    in_question "Entries in question" "مدخلات محل نظر";
    in_question_hint
        "An entry in quarantine suddenly matched much: it still matches, and no rule acts on it \
         until somebody has spoken. A disputed entry does not match until somebody confirms it. \
         Every word is kept, and can be taken back by another."
        "المدخل في الحجر طابق فجأة كثيرًا: ما زال يطابق، ولا تتصرف أي قاعدة بناءً عليه حتى يقول \
         شخص رأيه. والمدخل محل الاعتراض لا يطابق حتى يؤكده شخص. يُحفظ كل رأي، ويمكن الرجوع عنه \
         برأي آخر.";
    in_question_caption
        "Entries on which no rule acts, or that do not match, with what was said last"
        "مدخلات لا تتصرف أي قاعدة بناءً عليها أو لا تطابق، مع آخر ما قيل عنها";
    said_last "Said last" "آخر ما قيل";
    confirm_entry "It belongs here" "مكانه هنا";
    dispute_entry "It does not" "ليس مكانه هنا";
    retire_entry "Retire" "سحب";
    opinion_note "Why (kept with the opinion)" "السبب (يُحفظ مع الرأي)";
    your_opinion "Your opinion" "رأيك";
    seawall_itself "Seawall itself" "سيوول نفسه";
    operator_itself "the command line" "سطر الأوامر";
    done_opinion "Your opinion is kept and in force." "حُفظ رأيك وأصبح ساريًا.";
    done_retired "The entry is retired." "سُحب المدخل.";
    withheld
        "A rule would have acted. An entry that it rests on is in quarantine, so a person decides."
        "كانت قاعدة ستتصرف تلقائيًا، لكن مدخلًا تستند إليه في الحجر، فالقرار لشخص.";
    score_heading "Like earlier decisions" "مقارنة بالقرارات السابقة";
    score_words "The words that moved this most:" "أكثر الكلمات تأثيرًا في ذلك:";
    score_hint
        "Learned from decisions made here. It orders this queue and decides nothing."
        "مستخلص من القرارات المتخذة هنا. يرتب هذه القائمة ولا يقرر شيئًا.";
    toward_violation "towards a violation" "نحو وجود مخالفة";
    toward_none "towards none" "نحو عدم وجودها";
}
filled {
    flood_note(items, before)
        "Found in {items} items within an hour; in the busiest hour of the week before it was \
         {before}."
        "وُجد في {items} مادة خلال ساعة واحدة، وفي أكثر ساعات الأسبوع السابق كان العدد {before}.";
    score_of(percent)
        "In {percent} of 100 cases like this, people found a violation."
        "في {percent} من كل 100 قضية كهذه، وجد المراجعون مخالفة.";
    settings_distance(bits) "distance {bits}" "المسافة {bits}";
    settings_quality(quality) "quality {quality}" "الجودة {quality}";
    settings_flood(items) "flood from {items} items an hour" "فيضان من {items} مادة في الساعة";
}
}
