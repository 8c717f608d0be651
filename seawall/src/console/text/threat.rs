//! Words of the desk of threats, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    threats "Threats" "التهديدات";
    threats_lead
        "Reports of threats to life, and to people who work for a service. Whoever sees one \
         reports it from the case; a second person confirms it, and then it goes out at once."
        "بلاغات عن تهديدات للحياة أو لعاملين في خدمة. من يرى تهديدًا يبلغ عنه من الحالة، ثم يؤكده \
         شخص ثانٍ فيُرسل فورًا.";
    threats_caption "Reports, the newest first" "البلاغات، الأحدث أولًا";
    no_threats "No report here." "لا توجد بلاغات هنا.";
    threat "Report of a threat" "بلاغ عن تهديد";
    threat_report "Report a threat" "الإبلاغ عن تهديد";
    threat_kind "Against" "ضد";
    threat_kind_life "Life or safety of persons" "حياة أشخاص أو سلامتهم";
    threat_kind_staff "People who work for the service" "عاملون في الخدمة";
    threat_law_life
        "DSA Art 18; TCO Art 14(5) for terrorist content: told promptly, once a second person \
         confirms it. What the case shows is preserved from now on."
        "المادة 18 من قانون الخدمات الرقمية، والمادة 14(5) للمحتوى الإرهابي: يُبلَّغ به دون تأخير \
         بعد تأكيد شخص ثانٍ. ويُحفظ ما تُظهره الحالة من الآن.";
    threat_law_staff
        "It goes to the people who look after your staff, and to the authority of the State where \
         you say so. Names of staff are given by telephone, not here."
        "يصل إلى المسؤولين عن سلامة العاملين، وإلى سلطة الدولة إن طلبتم ذلك. تُعطى أسماء العاملين \
         بالهاتف لا هنا.";
    threat_asked "What only you can say" "ما لا يعرفه غيركم";
    threat_known "Filled in from the case" "ما مُلئ من الحالة";
    threat_send "Report it" "إبلاغ";
    threat_status_raised "Waits for a second person" "بانتظار شخص ثانٍ";
    threat_status_sent "On its way" "في الطريق";
    threat_status_delivered "Everybody was told" "أُبلغ الجميع";
    threat_status_dismissed "Found to be none" "تبيّن أنه ليس تهديدًا";
    threat_raised_by "Reported by" "أبلغ عنه";
    threat_confirmed_by "Confirmed by" "أكده";
    threat_form "What is reported" "نص البلاغ";
    threat_correct "Put it right" "تصحيح البلاغ";
    threat_save "Save" "حفظ";
    threat_recipients "Who is told" "من يُبلَّغ";
    threat_nobody
        "Nobody yet. Register an authority that takes threats, or tell somebody by telephone."
        "لا أحد بعد. سجّلوا سلطة تتلقى التهديدات، أو أبلغوا بالهاتف.";
    threat_because_concerned "State concerned" "الدولة المعنية";
    threat_because_establishment "State of establishment" "دولة المقر";
    threat_because_europol "Europol" "يوروبول";
    threat_because_own "Own people" "من أهل الخدمة";
    threat_because_beside "Told beside the rule" "أُبلغ خارج القاعدة";
    threat_by_hand_only "No address: tell it by telephone" "لا عنوان: أبلغوه بالهاتف";
    threat_not_told "Not told yet" "لم يُبلَّغ بعد";
    threat_told "Told" "أُبلغ";
    threat_told_how "How, and who answered" "كيف، ومن أجاب";
    threat_note_told "Note that it was told" "تدوين الإبلاغ";
    threat_beside "Somebody else was told" "أُبلغ شخص آخر";
    threat_beside_who "Who" "من";
    threat_confirm "Confirm it and send it now" "تأكيد وإرسال الآن";
    threat_confirm_hint
        "You stand for it with whoever reported it. It goes out at once, with the whole content."
        "أنتم مع من أبلغ مسؤولون عنه. يُرسل فورًا مع المحتوى كاملًا.";
    threat_own_report
        "You reported it yourself: somebody else confirms or dismisses it. Whoever is on duty was \
         warned."
        "أنتم من أبلغ: يؤكده أو يرفضه شخص آخر. وقد نُبّه المناوب.";
    threat_dismiss "It is none" "ليس تهديدًا";
    threat_dismiss_why "Why it is no threat" "لماذا ليس تهديدًا";
    threat_acknowledge "Note an answer" "تدوين جواب";
    threat_acknowledge_who "Who answered, under which reference" "من أجاب وبأي مرجع";
    threat_preserved "What it shows is preserved" "ما يُظهره محفوظ";
    threat_event_raised "Reported" "أُبلغ عنه";
    threat_event_corrected "Put right" "صُحح";
    threat_event_confirmed "Confirmed and sent" "أُكد وأُرسل";
    threat_event_dismissed "Found to be none" "تبيّن أنه ليس تهديدًا";
    threat_event_told "Told by hand" "أُبلغ بالهاتف أو باليد";
    threat_event_delivered "The mail server took the letter" "تسلّم خادم البريد الرسالة";
    threat_event_acknowledged "Answered" "ورد جواب";
    threat_event_alerted "Warned whoever is on duty" "نُبّه المناوب";
    threats_of_case "Threats reported from this case" "تهديدات أُبلغ عنها من هذه الحالة";
    done_threat_raised
        "Reported. A second person must confirm it now."
        "تم الإبلاغ. يجب أن يؤكده شخص ثانٍ الآن.";
    done_threat_step "Noted." "تم التدوين.";
    key_threat "Report a threat from this case" "الإبلاغ عن تهديد من هذه الحالة";
    fact_threat_raised "Threat reported" "أُبلغ عن تهديد";
    fact_threat_changed "Report of a threat changed" "تغير بلاغ عن تهديد";
}
filled {
    pressing_threats(count)
        "Reports of threats that wait: {count}"
        "بلاغات عن تهديدات بانتظاركم: {count}";
}
}
