//! The words of the pages about studies, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    // The list
    studies "Studies" "الدراسات";
    studies_caption "Studies, the latest first" "الدراسات، الأحدث أولًا";
    no_studies
        "No study has been ordered yet. Choose one of the three above to order it."
        "لم تُطلب أي دراسة بعد. اختر واحدة من الثلاث أعلاه لطلبها.";
    studies_lead
        "A study answers one question about many accounts, with its uncertainty. It is evidence \
        for people, never a judgement on a person."
        "تجيب الدراسة عن سؤال واحد حول حسابات كثيرة مع بيان مدى عدم اليقين. وهي دليل يُعرض على \
        الناس، وليست حكمًا على أحد.";
    study "Study" "الدراسة";
    new_study "New study" "دراسة جديدة";
    study_census "Census" "إحصاء";
    study_campaigns "Campaigns" "حملات";
    study_returns "Returns" "عودة الحسابات";
    study_census_long
        "Which accounts are near a network, and how large it is"
        "أي الحسابات قريبة من شبكة ما، وما حجمها";
    study_campaigns_long
        "What accounts did together more often than chance explains"
        "ما الذي فعلته حسابات معًا أكثر مما تفسره الصدفة";
    study_returns_long
        "Which new accounts may be suspended ones come back"
        "أي الحسابات الجديدة قد تكون حسابات موقوفة عادت";
    study_purpose "Purpose" "الغرض";
    study_purpose_hint
        "Why this is looked at, in your words. It stays with the study; the log keeps a \
        commitment to it."
        "لماذا يُنظر في هذا، بكلماتك. يبقى مع الدراسة، ويحتفظ السجل بالتزام بنصه.";
    study_legal_basis "Legal basis" "الأساس القانوني";
    basis_legal_obligation
        "Legal obligation (GDPR Art. 6(1)(c))"
        "التزام قانوني (اللائحة العامة، المادة 6(1)(ج))";
    basis_vital_interests
        "Vital interests (GDPR Art. 6(1)(d))"
        "مصالح حيوية (اللائحة العامة، المادة 6(1)(د))";
    basis_public_interest
        "Task in the public interest (GDPR Art. 6(1)(e))"
        "مهمة للمصلحة العامة (اللائحة العامة، المادة 6(1)(هـ))";
    basis_legitimate_interests
        "Legitimate interests (GDPR Art. 6(1)(f))"
        "مصالح مشروعة (اللائحة العامة، المادة 6(1)(و))";
    study_retention "Erased after (days)" "تُمحى بعد (أيام)";
    study_retention_hint
        "Everything that the study found is erased then; that it was made stays in the log."
        "يُمحى حينها كل ما وجدته الدراسة، ويبقى في السجل أنها أُجريت.";
    study_service "Service" "الخدمة";
    study_source "What it looks at" "ما تنظر فيه";
    source_history "What this installation took in, from" "ما استقبله هذا النظام، من";
    source_until "until" "حتى";
    source_folder "A dataset of the folder" "مجموعة بيانات من المجلد";
    source_times_hint "UTC. The end is not included." "بالتوقيت العالمي. النهاية غير مشمولة.";
    no_datasets
        "No dataset lies in the folder set by studies.datasets."
        "لا توجد مجموعة بيانات في المجلد المحدد في studies.datasets.";
    parameters "Parameters" "المعاملات";
    parameters_hint
        "Every parameter with its default, as JSON. The guide for analysts says what each means."
        "كل المعاملات بقيمها الافتراضية، بصيغة JSON. يشرح دليل المحللين معنى كل منها.";
    census_seeds "Seed accounts, one a line" "حسابات البداية، واحد في كل سطر";
    census_definition "Definition of a member" "تعريف العضو";
    order_study "Order study" "اطلب الدراسة";
    wrong_service
        "Write the service's name: letters, digits, dots, dashes and underscores."
        "اكتب اسم الخدمة: حروف لاتينية وأرقام ونقاط وشرطات وشرطات سفلية.";
    wrong_time
        "Give both times; the end comes after the beginning."
        "اذكر الوقتين، على أن تكون النهاية بعد البداية.";
    wrong_folder
        "Choose one of the datasets in the folder."
        "اختر إحدى مجموعات البيانات في المجلد.";
    wrong_definition
        "Say what makes an account a member; coders decide by these words."
        "بيّن ما الذي يجعل الحساب عضوًا؛ فبهذه الكلمات يحكم المرمّزون.";
    wrong_seeds
        "Name at least one account to begin from, one a line."
        "سمِّ حسابًا واحدًا على الأقل للبدء منه، واحدًا في كل سطر.";
    wrong_basis "Choose one of the list." "اختر واحدًا من القائمة.";
    // One study
    study_state "State" "الحالة";
    study_waiting "Waiting" "في الانتظار";
    study_running "Running" "قيد التنفيذ";
    study_finished "Finished" "انتهت";
    study_failed "Failed" "فشلت";
    study_cancelled "Stopped" "أوقفت";
    study_erased "Erased" "مُحيت";
    ordered_by "Ordered by" "طلبها";
    ordered "Ordered" "وقت الطلب";
    erased_on "Erased on" "تُمحى في";
    dataset_digest "SHA-256 of the dataset" "بصمة SHA-256 لمجموعة البيانات";
    stop_study "Stop" "أوقف";
    resume_study "Go on" "تابع";
    erase_study "Erase now" "امحُ الآن";
    erase_study_hint
        "Everything that the study found is erased, its sample and answers too. Nobody can bring \
        it back. Cases that were opened stay."
        "يُمحى كل ما وجدته الدراسة، وعينتها وإجاباتها كذلك. ولا يمكن لأحد استعادته. أما القضايا \
        التي فُتحت فتبقى.";
    erase_study_confirm "Erase for good" "امحُ نهائيًا";
    study_failed_hint
        "The study could not go on. Mend what is said here, then let it go on; or erase it."
        "تعذر على الدراسة أن تستمر. أصلح ما يُذكر هنا ثم تابعها، أو امحها.";
    study_stopped_hint
        "The study was stopped before it was whole. It can go on from its last finished part."
        "أوقفت الدراسة قبل اكتمالها، ويمكن أن تتابع من آخر جزء مكتمل.";
    apply_study "Use as signals" "استخدمها كإشارات";
    apply_study_hint
        "Rules may then rank and route by them; a rule that would act on them alone is refused."
        "يمكن للقواعد حينها أن ترتب وتوجه بحسبها؛ وتُرفض كل قاعدة تتصرف بناءً عليها وحدها.";
    study_progress "Progress" "التقدم";
    show_progress "Show how far it is" "اعرض مدى التقدم";
    partial_note "Nothing is shown before the study is whole." "لا يُعرض شيء قبل اكتمال الدراسة.";
    erased_note
        "The data of this study was erased. What remains is that it was made, by whom and why."
        "مُحيت بيانات هذه الدراسة. ما بقي هو أنها أُجريت، ومن طلبها ولماذا.";
    export_report "Report (HTML)" "تقرير (HTML)";
    export_json "Result (JSON)" "النتيجة (JSON)";
    export_hint
        "Accounts and posts are named by pseudonyms; nobody is quoted."
        "تُسمى الحسابات والمنشورات بأسماء مستعارة، ولا يُقتبس كلام أحد.";
    on_this_page "On this page" "في هذه الصفحة";
    numbers "Numbers" "الأرقام";
    study_notes "How the input was treated" "كيف عولجت المدخلات";
    // An account
    study_account "Account" "الحساب";
    account_unmask "Show the account" "اعرض الحساب";
    account_unmask_why "Why you need to see this" "سبب حاجتك إلى الاطلاع";
    account_unmask_hint
        "Accounts are shown by pseudonyms. Looking behind one is a record, with your reason."
        "تُعرض الحسابات بأسماء مستعارة. والنظر إلى ما وراءها يُسجَّل مع السبب الذي تذكره.";
    posts_unmask "Show the posts" "اعرض المنشورات";
    posts_unmask_hint
        "Posts are hidden, since anybody could search for their words and find who wrote them. \
        Looking at them is a record, with your reason."
        "المنشورات مخفية، إذ يمكن لأي شخص البحث عن كلماتها ومعرفة كاتبها. والاطلاع عليها يُسجَّل \
        مع السبب الذي تذكره.";
    account_profile "Profile" "الملف الشخصي";
    account_posts "Latest posts" "أحدث المنشورات";
    account_no_posts "The dataset has no post of it." "لا تحتوي مجموعة البيانات على منشور له.";
    post_passed_on "passed on" "إعادة نشر";
    post_answer "an answer" "رد";
    post_deleted "deleted" "محذوف";
    post_without_words "No words of its own." "بلا كلمات منه.";
    handle "Handle" "المعرّف";
    display_name "Shown name" "الاسم الظاهر";
    bio "Bio" "النبذة";
    following "Following" "يتابع";
    made_on "Made" "أُنشئ";
    suspended_on "Suspended" "أوقف";
    set_apart "Set apart as" "مستثنى بوصفه";
    posts "Posts" "المنشورات";
    open_case "Open a case" "افتح قضية";
    open_case_hint
        "The case goes to review like any other. The study's evidence comes with it as a \
        notice; somebody else may decide it."
        "تذهب القضية إلى المراجعة كغيرها، ويرافقها دليل الدراسة بوصفه إشعارًا، وقد يبت فيها شخص \
        آخر.";
    case_evidence "Evidence, in words" "الدليل، بالكلمات";
    // Coding
    coding "Coding" "الترميز";
    coding_lead
        "Two people code each account of a random sample without knowing its score or each \
        other's answer. From that the size of the network and the quality of the score are \
        estimated."
        "يرمّز شخصان كل حساب من عينة عشوائية دون معرفة درجته ولا إجابة الآخر. ومن ذلك يُقدَّر \
        حجم الشبكة وجودة الدرجة.";
    no_sample
        "No sample has been drawn: the study found too few accounts to draw one from. Order a \
        census with more seeds or more levels."
        "لم تُسحب عينة: وجدت الدراسة حسابات أقل من أن تُسحب منها عينة. اطلب إحصاءً ببدايات أو \
        مستويات أكثر.";
    coding_done "You have coded every account of the sample." "لقد رمّزت كل حسابات العينة.";
    coding_question
        "Does this account fit the definition of a member?"
        "هل ينطبق على هذا الحساب تعريف العضو؟";
    coding_member "Fits" "ينطبق";
    coding_not_member "Does not fit" "لا ينطبق";
    coding_unsure "Cannot be said" "لا يمكن القول";
    coding_send "Next account" "الحساب التالي";
    coding_keys
        "1, 2 and 3 choose, Enter sends, ? shows this."
        "1 و2 و3 للاختيار، Enter للإرسال، ؟ لعرض هذا.";
    coding_blind "You see neither the score nor anybody's answer." "لا ترى الدرجة ولا إجابة أحد.";
    estimate "Estimate" "التقدير";
    settle_differences "Settle differences" "البت في الخلافات";
    settle_lead
        "Accounts whose two answers differ, or where one could not say. Somebody who coded \
        neither decides."
        "حسابات تختلف فيها الإجابتان أو تعذرت إحداهما. يبت فيها من لم يرمّزها.";
    nothing_to_settle
        "Nothing waits for you here. What differs is settled by somebody who coded neither."
        "لا شيء ينتظرك هنا. يبت في الخلافات من لم يرمّز الحساب.";
    answers_given "Answers given" "الإجابات المعطاة";
    // What scripts fill in
    plot_omitted
        "{count} values have no place on this scale."
        "لا مكان لعدد {count} من القيم على هذا المقياس.";
    study_remaining "about {time} left" "بقي نحو {time}";
    // Records
    fact_study_ordered "Study ordered" "طُلبت دراسة";
    fact_study_ended "Study ended" "انتهت دراسة";
    fact_study_viewed "Account of a study seen" "اطّلاع على حساب في دراسة";
    fact_study_sampled "Sample drawn" "سُحبت عينة";
    fact_study_coded "Account coded" "رُمّز حساب";
    fact_study_applied "Study became signals" "صارت دراسة إشارات";
    fact_study_erased "Study erased" "مُحيت دراسة";
    fact_follows_received "Follows received" "وردت متابعات";
    // Done
    done_study_ordered "The study was ordered." "طُلبت الدراسة.";
    done_study_stopped
        "The study was stopped; its finished parts are kept."
        "أوقفت الدراسة وحُفظت أجزاؤها المكتملة.";
    done_study_erased "What the study found was erased." "مُحي ما وجدته الدراسة.";
    done_study_applied
        "The findings are signals until the study is erased."
        "أصبحت النتائج إشارات إلى أن تُمحى الدراسة.";
    done_coded "Your answer was kept." "حُفظت إجابتك.";
    done_case_opened "A case was opened." "فُتحت قضية.";
}
filled {
    wrong_purpose(least)
        "Say what the study is for, in at least {least} characters."
        "بيّن الغرض من الدراسة في {least} أحرف على الأقل.";
    wrong_reason(least)
        "Say why, in at least {least} characters."
        "اذكر السبب في {least} أحرف على الأقل.";
    wrong_retention(most) "Give 1 to {most} days." "اذكر عدد أيام من 1 إلى {most}.";
    wrong_parameters(problem)
        "The parameters cannot be used. The study says: {problem}"
        "لا يمكن استخدام المعاملات. تقول الدراسة: \u{2066}{problem}\u{2069}";
    coded_of(done, total) "{done} of {total} coded by you" "رمّزت {done} من {total}";
}}
