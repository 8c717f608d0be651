//! Words of the desk of exposure decisions, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    exposures "Exposure" "التعرض";
    exposures_lead
        "Decisions that a service is exposed to terrorist content (TCO Art 5), the specific \
         measures, and what is owed by when. Which measures are right is for you to say."
        "قرارات تفيد بتعرض خدمة لمحتوى إرهابي (المادة 5)، والتدابير المحددة، وما هو مستحق ومتى. \
         اختيار التدابير المناسبة يعود إليكم.";
    exposures_caption "Exposure decisions, what is due first" "قرارات التعرض، الأقرب أجلًا أولًا";
    no_exposures "No exposure decision here." "لا توجد قرارات تعرض هنا.";
    exposure_next "Next due" "المستحق التالي";
    exposure_notified_at "Notified" "وقت الإبلاغ";
    exposure_notified_when "Notified at (UTC)" "وقت الإبلاغ (بالتوقيت العالمي)";
    exposure_says "Grounds, or what the decision says" "الأسباب أو مضمون القرار";
    exposure_note "Note an exposure decision" "تدوين قرار تعرض";
    exposure_note_hint
        "For a decision that the authority of the home State notified. What is owed counts from \
         the notification."
        "لقرار أبلغته سلطة دولة المقر. يُحسب ما هو مستحق من وقت الإبلاغ.";
    exposure_note_now "Note it" "تدوين";
    exposure_recent_orders "Removal orders" "أوامر الإزالة";
    exposure_recent_hint
        "A number from the desk of orders. Two or more final orders within twelve months are an \
         example of a factor in the law. Whether an order is final, and what follows, is not said \
         here."
        "رقم من مكتب الأوامر. أمران نهائيان أو أكثر خلال اثني عشر شهرًا مثال على عامل في القانون. \
         لا يُقال هنا هل الأمر نهائي ولا ما يترتب عليه.";
    exposure_no_home
        "The settings do not name the home State (orders.addressee.member_state)."
        "لا تذكر الإعدادات دولة المقر (orders.addressee.member_state).";
    exposure_status_in_force "In force" "سارٍ";
    exposure_status_amended "In force, amended" "سارٍ بعد تعديله";
    exposure_status_under_review "In force, under review" "سارٍ وقيد المراجعة";
    exposure_status_withdrawn "Withdrawn" "سُحب";
    exposure_decision "Decision" "القرار";
    exposure_amendment "Amendment" "تعديل";
    exposure_withdrawal "Withdrawal" "سحب";
    exposure_timeline "What is owed, and by when" "ما هو مستحق ومتى";
    exposure_nothing_owed "Nothing is owed." "لا شيء مستحق.";
    exposure_owed_by_service "owed by the service" "على الخدمة";
    exposure_owed_by_authority "owed by the authority" "على السلطة";
    exposure_done_in_time "Done in time" "تم في الأجل";
    exposure_done_late "Done late" "تم متأخرًا";
    exposure_missed "The time went by" "فات الأجل";
    exposure_see_miss "Take note of what was missed" "أخذ العلم بما فات";
    exposure_measures "Specific measures" "التدابير المحددة";
    exposure_no_measures "No measure is on file." "لا تدابير مدونة.";
    exposure_take_measure "Put a measure in place" "اتخاذ تدبير";
    exposure_change_measure "Change this measure" "تغيير هذا التدبير";
    exposure_end_measure "End this measure" "إنهاء هذا التدبير";
    measure_title "Short name" "اسم موجز";
    measure_words "What is done" "ما يُفعل";
    measure_kind "Kind" "النوع";
    measure_technical
        "Technical means to find and remove (Art 5(2)(a))"
        "وسائل تقنية للكشف والإزالة (المادة 5(2)(أ))";
    measure_organisational
        "Staff, training, working order (Art 5(2)(a))"
        "موظفون وتدريب وتنظيم عمل (المادة 5(2)(أ))";
    measure_user_reports
        "Ways for people to report (Art 5(2)(b))"
        "سبل إبلاغ للمستخدمين (المادة 5(2)(ب))";
    measure_awareness
        "Other ways to become aware (Art 5(2)(c))"
        "سبل أخرى للعلم بالمحتوى (المادة 5(2)(ج))";
    measure_other "Another measure (Art 5(2)(d))" "تدبير آخر (المادة 5(2)(د))";
    measure_from "From (UTC)" "من (بالتوقيت العالمي)";
    measure_until "Until (UTC; empty while no end is set)" "حتى (يُترك فارغًا ما لم تُحدد نهاية)";
    measure_no_end "no end set" "بلا نهاية محددة";
    measure_worked "Who does it" "من ينفذه";
    measure_by_people "People" "أشخاص";
    measure_by_program "A program, with oversight by people" "برنامج بإشراف بشري";
    measure_oversight
        "Who oversees and verifies a program, and how (Art 5(3))"
        "من يشرف على البرنامج ويتحقق منه، وكيف (المادة 5(3))";
    measure_effect
        "How effective it is, and how that is known (Art 5(3)(a))"
        "مدى فعاليته، وكيف عُرف ذلك (المادة 5(3)(أ))";
    measure_limits
        "What it is limited to: targeted, proportionate, no general monitoring (Art 5(3)(b), 5(8))"
        "حدوده: موجه ومتناسب وبلا رقابة عامة (المادة 5(3)(ب) و5(8))";
    measure_rights
        "How the rights of users are safeguarded (Art 5(3)(c), (d))"
        "كيف تُصان حقوق المستخدمين (المادة 5(3)(ج) و(د))";
    measure_rules
        "Rules that carry it out, separated by spaces; their figures go into the report"
        "القواعد التي تنفذه، تفصلها مسافات؛ تدخل أرقامها في التقرير";
    exposure_reason "Reason" "السبب";
    exposure_demand
        "The authority demands more (Art 5(6))"
        "السلطة تطلب المزيد (المادة 5(6))";
    exposure_demands "What the authority demanded" "ما طلبته السلطة";
    exposure_demand_due "Due, as the authority set it (UTC)" "الأجل كما حددته السلطة";
    exposure_demand_note "Note the demand" "تدوين الطلب";
    exposure_demand_met "It is in place" "أُنجز";
    exposure_demand_how "Which measures meet it" "أي تدابير تفي به";
    exposure_lifted "Lifted" "أُلغي";
    exposure_review "Ask for review, amendment or withdrawal (Art 5(7))"
        "طلب المراجعة أو التعديل أو السحب (المادة 5(7))";
    exposure_asks "What is asked for" "المطلوب";
    exposure_asks_review "Review" "المراجعة";
    exposure_asks_amendment "Amendment" "التعديل";
    exposure_asks_withdrawal "Withdrawal" "السحب";
    exposure_ask_now "Note that it was asked for" "تدوين الطلب المقدم";
    exposure_announced "The authority decides again" "السلطة تقرر من جديد";
    exposure_lifts
        "Demands that it lifts, by number, separated by spaces"
        "الطلبات التي يلغيها، بأرقامها، تفصلها مسافات";
    exposure_upheld "It stands" "يبقى ساريًا";
    exposure_amended "It is amended" "عُدّل";
    exposure_withdrawn "It is withdrawn" "سُحب";
    exposure_reports "Reports (Art 5(5))" "التقارير (المادة 5(5))";
    exposure_no_reports "None was sent." "لم يُرسل أي تقرير.";
    exposure_draft "Draft the report that is due first" "إعداد مسودة أقرب تقرير";
    exposure_draft_anew "Count the figures anew" "إعادة حساب الأرقام";
    exposure_draft_open "Write and confirm the report" "كتابة التقرير وتأكيده";
    report_heading "Report on specific measures" "تقرير عن التدابير المحددة";
    report_is_draft
        "A draft. It counts as sent when a person confirms it."
        "مسودة. لا يُعد مرسلًا حتى يؤكده شخص.";
    report_done "What was done" "ما أُنجز";
    report_intended "What is intended" "ما يُعتزم";
    report_save "Save the words" "حفظ النص";
    report_figures "What the records tell" "ما تفيد به السجلات";
    report_figures_hint
        "Counted from the sealed log for the rules that measures name. What no rule found is not \
         in it."
        "محسوبة من السجل المختوم للقواعد التي تذكرها التدابير. لا يشمل ما لم تجده قاعدة.";
    report_measure "Measure" "التدبير";
    report_rule "Rule" "القاعدة";
    report_items "Items found" "المواد المكتشفة";
    report_opened "Cases opened" "القضايا المفتوحة";
    report_decided "Cases decided" "القضايا المقررة";
    report_reversed "Reversed on complaint" "نُقضت بعد شكوى";
    report_all "All together" "المجموع";
    report_measures "Measures in place" "التدابير القائمة";
    report_measures_intended "Measures to come" "التدابير المقبلة";
    report_confirm "Confirm it as sent" "تأكيد الإرسال";
    report_confirm_hint
        "What you see here is kept as it is, and its hash is sealed. Later changes need another \
         report."
        "يُحفظ ما ترونه كما هو وتُختم بصمته. أي تغيير لاحق يحتاج إلى تقرير آخر.";
    report_by_letter "Send it by e-mail to the authority" "إرساله بالبريد إلى السلطة";
    report_by_person "It was handed over otherwise:" "سُلِّم بطريقة أخرى:";
    report_how "How, and to whom" "كيف ولمن";
    report_hash "SHA-256" "البصمة SHA-256";
    report_as_json "As JSON" "بصيغة JSON";
    done_exposure_noted "The decision is on file." "دُوِّن القرار.";
    event_exposure_notified "The service was notified" "أُبلغت الخدمة";
    event_measure_taken "A measure was put in place" "اتُّخذ تدبير";
    event_measure_changed "A measure was changed" "تغير تدبير";
    event_measure_ended "A measure was ended" "انتهى تدبير";
    event_exposure_demanded "The authority demanded more" "طلبت السلطة المزيد";
    event_demand_met "A demand was met" "أُوفي بطلب";
    event_review_asked "The authority was asked to look again" "طُلب من السلطة النظر مجددًا";
    event_exposure_upheld "The decision stands" "بقي القرار ساريًا";
    event_exposure_amended "The decision was amended" "عُدّل القرار";
    event_exposure_withdrawn "The decision was withdrawn" "سُحب القرار";
    event_report_drafted "A report was drafted" "أُعدت مسودة تقرير";
    event_report_written "The words of a report were written" "كُتب نص تقرير";
    event_report_sent "A report was sent" "أُرسل تقرير";
    event_exposure_warned "Warned: days left" "تنبيه: الأيام المتبقية";
    event_exposure_missed "The time went by" "فات الأجل";
    event_exposure_miss_seen "The miss was taken note of" "أُخذ العلم بفوات الأجل";
    refused_exposure_already
        "That was done already. Look at the page again."
        "تم ذلك من قبل. انظروا إلى الصفحة من جديد.";
    refused_nothing_asked
        "The authority was asked for nothing that is open."
        "لا طلب مفتوحًا لدى السلطة.";
    refused_rules_people
        "The measure names rules, so a program carries it out: say who oversees it, and how."
        "يذكر التدبير قواعد، فبرنامج ينفذه: اذكروا من يشرف عليه وكيف.";
    refused_no_draft "No report is being written." "لا تقرير قيد الكتابة.";
    refused_no_report_owed "No such report is owed now." "لا تقرير كهذا مستحق الآن.";
    refused_nothing_missed
        "It was not missed, or somebody took note of it already."
        "لم يفت أجله، أو أُخذ العلم به من قبل.";
    fact_exposure_notified "Exposure decision notified" "أُبلغ قرار تعرض";
    fact_exposure_changed "Step on an exposure decision" "خطوة في قرار تعرض";
    fact_exposure_warned "Exposure decision: something is due" "قرار تعرض: أمر مستحق";
    fact_measures_reported "Report on specific measures sent" "أُرسل تقرير عن التدابير";
}
filled {
    owed_report(number) "Report {number} on specific measures" "التقرير {number} عن التدابير";
    owed_demand(number) "Measures of demand {number}" "تدابير الطلب {number}";
    owed_demand_report(number) "Report on demand {number}" "تقرير عن الطلب {number}";
    owed_review(number)
        "Answer of the authority to request {number}"
        "جواب السلطة على الطلب {number}";
    exposure_orders_home(service, count)
        "{service}: {count} removal orders from the home State in the last 12 months"
        "{service}: أوامر الإزالة من دولة المقر في آخر 12 شهرًا: {count}";
    exposure_orders_all(service, count)
        "{service}: {count} removal orders from all States in the last 12 months"
        "{service}: أوامر الإزالة من جميع الدول في آخر 12 شهرًا: {count}";
    measure_span(from, until) "from {from} until {until}" "من {from} حتى {until}";
    report_period(from, to) "From {from} until {to}" "من {from} حتى {to}";
    report_records(records, hash)
        "From {records} sealed records, the last with the hash {hash}."
        "من {records} سجلًا مختومًا، بصمة آخرها {hash}.";
    refused_field_missing(field) "Missing: {field}" "ناقص: {field}";
    refused_field_long(field, limit)
        "Too long (at most {limit} bytes): {field}"
        "أطول من اللازم (الحد {limit} بايت): {field}";
    refused_too_many(field, limit)
        "No more than {limit} are kept: {field}"
        "لا يُحفظ أكثر من {limit}: {field}";
    refused_no_such(given) "The decision has none: {given}" "لا يوجد في القرار: {given}";
    refused_future(field, time)
        "{time} has not come; give the time at which it happened: {field}"
        "لم يحن {time}؛ اذكروا وقت حدوثه: {field}";
    refused_too_early(field, time)
        "It must not lie before {time}: {field}"
        "يجب ألا يسبق {time}: {field}";
    refused_withdrawn(time)
        "The decision was withdrawn at {time}."
        "سُحب القرار في {time}.";
    pressing_exposures(count, first)
        "Due after an exposure decision: {count}; first: {first}"
        "مستحق بعد قرار تعرض: {count}؛ أولها: {first}";
}
}
