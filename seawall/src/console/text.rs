//! Every word that the console shows, once in English and once in Arabic.
//!
//! One line of the list is one method of [`Language`], so that a page cannot name a text that is
//! not there and a text that no page names is told by the compiler.

use std::fmt::Display;

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, left to right.
    English,
    /// Arabic, right to left.
    Arabic,
}

impl Language {
    /// The language of a tag such as `ar` or `ar-EG`, if the console has it.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "ar" => Some(Self::Arabic),
            _ => None,
        }
    }

    /// Its tag, for `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// Its direction, for `dir`.
    pub fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// The language that the switch leads to.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Arabic,
            Self::Arabic => Self::English,
        }
    }
}

/// Keeps a foreign text from turning the direction of the sentence around it.
pub fn isolate(text: impl Display) -> String {
    format!("\u{2068}{text}\u{2069}")
}

macro_rules! texts {
    (plain { $($name:ident $en:literal $ar:literal;)* }
     filled { $($fill:ident($($arg:ident),+) $fill_en:literal $fill_ar:literal;)* }) => {
        impl Language {
            $(#[doc = $en]
            pub fn $name(self) -> &'static str {
                match self {
                    Self::English => $en,
                    Self::Arabic => $ar,
                }
            })*
            $(#[doc = $fill_en]
            pub fn $fill(self, $($arg: impl Display),+) -> String {
                match self {
                    Self::English => format!($fill_en),
                    Self::Arabic => format!($fill_ar),
                }
            })*
        }

        /// Every text with its name, for the tests.
        #[cfg(test)]
        pub static TEXTS: &[(&str, &str, &str)] = &[
            $((stringify!($name), $en, $ar),)*
            $((stringify!($fill), $fill_en, $fill_ar),)*
        ];
    };
}

mod bank;
mod campaign;
mod evidence;
mod exposure;
mod finding;
mod order;
mod parameter;
mod redress;
mod statement;
mod study;
mod threat;

texts! {
plain {
    // Frame
    product "Seawall" "سيوول";
    skip_to_content "Skip to content" "انتقل إلى المحتوى";
    main_navigation "Main" "التنقل الرئيسي";
    queues "Queues" "قوائم الانتظار";
    cases "Cases" "القضايا";
    records "Records" "السجلات";
    deliveries "Deliveries" "عمليات التسليم";
    banks "Banks" "البنوك";
    rules "Rules" "القواعد";
    keys_help "Keyboard" "لوحة المفاتيح";
    sign_out "Sign out" "تسجيل الخروج";
    switch_language "العربية" "English";
    pictures_in_grey "Pictures in grey" "الصور بلا ألوان";
    pictures_in_colour "Pictures in colour" "الصور بالألوان";
    role_reviewer "Reviewer" "مُراجع";
    role_analyst "Analyst" "محلل";
    role_lead "Lead" "مسؤول السياسات";
    role_admin "Administrator" "مدير النظام";
    take_next "Take next case" "خذ القضية التالية";
    take_next_short "Take next" "خذ التالية";
    // Sign-in
    sign_in "Sign in" "تسجيل الدخول";
    sign_in_lead "For the people who review." "للمُراجعين.";
    login "Login" "اسم الدخول";
    password "Password" "كلمة المرور";
    code "Code" "الرمز";
    code_hint "Six digits from your authenticator; leave it empty if you have none."
        "ستة أرقام من تطبيق المصادقة؛ اتركه فارغًا إن لم يكن لديك تطبيق.";
    sign_in_refused "The login, the password or the code is wrong. Try again with a fresh code."
        "اسم الدخول أو كلمة المرور أو الرمز غير صحيح. حاول مرة أخرى برمز جديد.";
    signed_out "You are signed out." "تم تسجيل خروجك.";
    // Queues
    queue "Queue" "قائمة الانتظار";
    waiting "Waiting" "في الانتظار";
    being_looked_at "Being looked at" "قيد المراجعة";
    overdue "Overdue" "متأخرة";
    oldest "Oldest" "الأقدم";
    target "Target" "الهدف";
    no_target "none" "بلا هدف";
    queues_caption "Cases that wait, by queue" "القضايا المنتظرة حسب قائمة الانتظار";
    all_queues "All queues" "كل القوائم";
    nothing_waits "Nothing waits. Well done." "لا شيء في الانتظار. أحسنت.";
    nothing_waits_long "New cases appear here as soon as the rules or a notice ask for one."
        "تظهر القضايا الجديدة هنا فور أن تطلبها القواعد أو يرد بلاغ.";
    actions_column "Steps" "الخطوات";
    // Lists of cases
    cases_caption "Cases, in the order in which they should be taken"
        "القضايا بالترتيب الذي ينبغي أن تؤخذ به";
    filter "Filter" "تصفية";
    apply_filter "Show" "اعرض";
    status "Status" "الحالة";
    any_status "Any status" "أي حالة";
    status_open "Waiting" "في الانتظار";
    status_claimed "Being looked at" "قيد المراجعة";
    status_decided "Decided" "صدر القرار";
    priority "Priority" "الأولوية";
    subject "Subject" "الموضوع";
    account "Account" "الحساب";
    labels "Labels" "الوسوم";
    opened "Opened" "فُتحت";
    due "Due" "الموعد";
    no_cases "No case matches this filter." "لا توجد قضية مطابقة لهذه التصفية.";
    older "Next page" "الصفحة التالية";
    newer "Previous page" "الصفحة السابقة";
    latest "Back to the latest" "العودة إلى الأحدث";
    about_item "Item" "مادة";
    about_account "Account" "حساب";
    // Case
    case "Case" "قضية";
    content "Content" "المحتوى";
    no_text "This item has no text." "لا نص في هذه المادة.";
    no_item "This case has no item: it is about the account."
        "لا مادة في هذه القضية: موضوعها الحساب.";
    pictures "Pictures" "الصور";
    reveal "Show this picture" "أظهر هذه الصورة";
    blurred_hint "Pictures are blurred until you ask for them."
        "الصور مموّهة إلى أن تطلب إظهارها.";
    not_kept "The file was not sent or could not be kept." "لم يُرسَل الملف أو تعذّر حفظه.";
    links "Links" "الروابط";
    links_hint "Written so that nobody opens them by mistake."
        "مكتوبة بحيث لا يفتحها أحد سهوًا.";
    matches_heading "What matched" "ما تطابق";
    matches_caption "Bank entries found in this item" "مدخلات البنوك الموجودة في هذه المادة";
    bank "Bank" "البنك";
    entry "Entry" "المدخل";
    kind "Kind" "النوع";
    grade "Match" "المطابقة";
    found_in "Found in" "وُجد في";
    in_text "the text" "النص";
    in_account "the account" "الحساب";
    grade_exact "exact" "تامة";
    grade_strict_fold "letter variants folded" "بعد توحيد أشكال الحروف";
    grade_accent_insensitive "without accents" "دون علامات النطق";
    grade_disguised "disguised spelling" "كتابة مموهة";
    grade_fuzzy "misspelled" "خطأ إملائي";
    grade_near "similar picture" "صورة مشابهة";
    kind_term "term" "مصطلح";
    kind_text "known text" "نص معروف";
    kind_passage "passage of a public text" "مقطع من نص عام";
    kind_url "URL" "رابط";
    kind_url_prefix "beginning of a URL" "بداية رابط";
    kind_domain "domain" "نطاق";
    kind_handle "handle" "معرّف حساب";
    kind_invite "invitation" "دعوة";
    kind_account "account" "حساب";
    kind_sha256 "file (SHA-256)" "ملف (SHA-256)";
    kind_md5 "file (MD5)" "ملف (MD5)";
    kind_pdq "picture (PDQ)" "صورة (PDQ)";
    kind_vpdq "video (vPDQ)" "فيديو (vPDQ)";
    why_here "Why this is here" "لماذا وصلت إلى هنا";
    no_rules_fired "No rule fired: a notice opened this case."
        "لم تنطبق أي قاعدة: فُتحت هذه القضية ببلاغ.";
    because "because" "لأن";
    rule_no_longer "This rule is no longer in force." "لم تعد هذه القاعدة سارية.";
    versions "Versions" "الإصدارات";
    version_rules "rules" "القواعد";
    version_banks "banks" "البنوك";
    version_signals "signals" "الإشارات";
    judged "Judged" "قُيِّمت";
    outcome "Verdict" "الحكم الآلي";
    outcome_allow "allow" "سماح";
    outcome_review "review" "مراجعة";
    outcome_act "act" "إجراء آلي";
    followers "Followers" "المتابعون";
    made "Made" "أُنشئ";
    strikes "Strikes" "المخالفات المحتسبة";
    not_known "not known" "غير معروف";
    none "none" "لا شيء";
    ladder_suggests "The ladder suggests" "يقترح سلّم المخالفات";
    other_items "Other items of this account" "مواد أخرى لهذا الحساب";
    other_cases "Other cases about this account" "قضايا أخرى عن هذا الحساب";
    service "Service" "الخدمة";
    language "Language" "اللغة";
    audience_public "public" "عام";
    audience_limited "limited" "محدود";
    audience_private "private" "خاص";
    kind_post "post" "منشور";
    kind_message "message" "رسالة";
    kind_image "image" "صورة";
    kind_video "video" "فيديو";
    kind_link "link" "رابط";
    kind_profile "profile" "ملف شخصي";
    kind_page "page" "صفحة";
    created "Written" "كُتبت";
    notices "Notices" "البلاغات";
    notice_user "User" "مستخدم";
    notice_trusted_flagger "Trusted flagger" "مُبلِّغ موثوق";
    notice_referral_unit "Referral unit" "وحدة إحالة";
    notice_study "Study" "دراسة";
    good_faith "states good faith" "يصرّح بحسن النية";
    no_good_faith "does not state good faith" "لا يصرّح بحسن النية";
    history "History" "السجل الزمني";
    event_opened "Opened" "فُتحت القضية";
    event_decided "Decided" "صدر القرار";
    event_reversed "Decision reversed" "تم التراجع عن القرار";
    policies "Policies" "السياسات";
    policy_empty "This policy has no text." "لا نص لهذه السياسة.";
    // Claiming
    claim "Claim this case" "استلم هذه القضية";
    claim_again "Claim it again" "استلمها من جديد";
    release "Give back" "أعدها إلى القائمة";
    move_case "Move" "انقل";
    move_to "Move to queue" "انقل إلى قائمة";
    view_only "You are only looking. Claim the case to decide it."
        "أنت تطّلع فقط. استلم القضية لتتخذ قرارًا فيها.";
    // Deciding
    decide "Decide" "اتخاذ القرار";
    what_now "What do you decide?" "ما قرارك؟";
    group_kept "The policy is not broken" "لا مخالفة للسياسة";
    group_broken "The policy is broken" "مخالفة للسياسة";
    choice_no_violation "Leave as it is" "اتركها كما هي";
    choice_no_violation_label "Put a label on it" "ضع عليها وسمًا";
    choice_violation "Only record it" "سجّل المخالفة فقط";
    choice_label "Put a label on it" "ضع عليها وسمًا";
    choice_warn "Warn the account" "وجّه تحذيرًا إلى الحساب";
    choice_restrict "Restrict the item" "قيّد المادة";
    choice_disable "Disable the item" "عطّل المادة مؤقتًا";
    choice_remove "Remove the item" "أزل المادة";
    choice_suspend "Suspend the account" "علّق الحساب";
    proposed "proposed by the rules" "تقترحه القواعد";
    suggested "suggested by the ladder" "يقترحه سلّم المخالفات";
    needs_item "needs an item" "يتطلب مادة";
    protected_purpose "Protected purpose" "غرض محمي";
    purpose_hint "Taking something from somebody needs this answer."
        "لا يُسلب أحد شيئًا دون هذه الإجابة.";
    purpose_unanswered "Not answered yet" "لم تتم الإجابة بعد";
    purpose_none "None found" "لم يتبيّن أي غرض";
    purpose_journalism "Journalism" "صحافة";
    purpose_research "Research" "بحث";
    purpose_education "Education" "تعليم";
    purpose_art "Art" "فن";
    purpose_counter_speech "Counter-speech" "خطاب مضاد";
    purpose_satire "Satire" "سخرية";
    purpose_quotation "Quotation or documentation" "اقتباس أو توثيق";
    purpose_ordinary_speech "Ordinary speech, worship, mourning" "كلام عادي أو عبادة أو حِداد";
    labels_hint "Separated by commas. Used only where you put a label on."
        "تفصل بينها فواصل. تُستخدم فقط عند وضع وسم.";
    policy "Policy" "السياسة";
    reason "Reason" "السبب";
    reason_hint "The person concerned may read it." "قد يقرؤه صاحب الشأن.";
    submit_decision "Decide" "اعتمد القرار";
    undo "Undo this decision" "تراجع عن هذا القرار";
    undo_reason "Why is it undone?" "لماذا التراجع؟";
    undo_hint "Everything that was taken is given back, and the case is open again."
        "يُعاد كل ما سُلب، وتُفتح القضية من جديد.";
    decision "Decision" "القرار";
    decisions "Decisions" "القرارات";
    ruling_violation "The policy is broken" "مخالفة للسياسة";
    ruling_no_violation "The policy is not broken" "لا مخالفة للسياسة";
    by_rule "by rule" "بقاعدة";
    by_person "by" "بواسطة";
    stands "stands" "سارٍ";
    reversed "reversed" "تم التراجع عنه";
    counts_as_strike "counts as a strike" "يُحتسب مخالفة";
    action "Action" "الإجراء";
    action_remove "remove" "إزالة";
    action_disable "disable" "تعطيل";
    action_restrict "restrict" "تقييد";
    action_label "label" "وسم";
    action_suspend "suspend" "تعليق";
    action_warn "warn" "تحذير";
    action_restore "restore" "استعادة";
    no_action "no action" "بلا إجراء";
    delivery_pending "on its way" "في الطريق";
    delivery_delivered "delivered" "تم التسليم";
    delivery_dead "given up" "أُوقفت المحاولات";
    delivery_withdrawn "withdrawn" "سُحب قبل التسليم";
    next_case "Next case" "القضية التالية";
    look_again "Look again" "تحديث";
    something_joined
        "Something joined this case while you were looking. Look again, then decide."
        "انضم شيء جديد إلى هذه القضية أثناء مراجعتك. راجعها مرة أخرى ثم قرّر.";
    problem_heading "This could not be done" "تعذّر تنفيذ ذلك";
    choose_something "Choose what you decide." "اختر ما تقرره.";
    choose_policy "Choose a policy." "اختر سياسة.";
    // What was done
    done_claimed "The case is yours." "القضية لديك الآن.";
    done_released "The case waits again." "عادت القضية إلى الانتظار.";
    done_moved "The case was moved." "نُقلت القضية.";
    done_decided "Decided. The service is being told." "صدر القرار، ويجري إبلاغ الخدمة.";
    done_undone "Undone. What was taken is being given back."
        "تم التراجع، وتجري إعادة ما سُلب.";
    done_redelivered "The action is on its way again." "الإجراء في الطريق من جديد.";
    done_empty "Nothing waits that you could take." "لا شيء في الانتظار يمكنك أخذه.";
    done_saved "Saved." "تم الحفظ.";
    // Refusals of the desk
    refused_already_decided "This case is already decided. Undo that decision first."
        "صدر قرار في هذه القضية. تراجع عنه أولًا.";
    refused_not_decided "This case is not decided, so there is nothing to undo."
        "لم يصدر قرار في هذه القضية، فلا شيء للتراجع عنه.";
    refused_claimed_by_other "Somebody else is at this case. Take another one."
        "شخص آخر يراجع هذه القضية. خذ قضية أخرى.";
    refused_not_claimed "You have not claimed this case. Claim it first."
        "لم تستلم هذه القضية. استلمها أولًا.";
    refused_claim_ended
        "Your claim has ended. Claim the case again, look at it once more, and decide."
        "انتهت مدة استلامك. استلم القضية من جديد وراجعها مرة أخرى ثم قرّر.";
    refused_same_queue "The case is in that queue already." "القضية في تلك القائمة أصلًا.";
    refused_reason_missing
        "Give a reason. The person concerned and whoever looks at this later need it."
        "اذكر السبب. يحتاج إليه صاحب الشأن ومن يراجع هذا لاحقًا.";
    refused_reason_too_long "The reason is too long. Shorten it." "السبب طويل جدًا. اختصره.";
    refused_finding_missing
        "Say first whether a protected purpose is served: journalism, research, art, or none."
        "حدّد أولًا هل يخدم المحتوى غرضًا محميًا: صحافة أو بحث أو فن، أو لا شيء.";
    refused_purpose_protected
        "You found a protected purpose, so nothing may be taken for it. Correct the finding, or \
         decide that the policy is not broken."
        "وجدت غرضًا محميًا، فلا يجوز سلب شيء بسببه. صحّح الإجابة أو قرّر أنه لا مخالفة للسياسة.";
    refused_not_a_violation
        "That is possible only where the policy is broken." "لا يجوز ذلك إلا عند مخالفة السياسة.";
    refused_restore_is_undo "To give something back, undo the decision that took it."
        "لإعادة ما سُلب، تراجع عن القرار الذي سلبه.";
    refused_labels_missing "Name at least one label." "اذكر وسمًا واحدًا على الأقل.";
    refused_labels_too_many "These are too many labels." "عدد الوسوم كبير جدًا.";
    refused_label_length "A label is empty or too long." "أحد الوسوم فارغ أو طويل جدًا.";
    refused_no_item "The case has no item for that. Choose an action on the account, or none."
        "لا مادة في القضية لهذا الإجراء. اختر إجراءً على الحساب أو لا شيء.";
    refused_contended "Somebody else is changing the same thing. Look again and retry."
        "شخص آخر يغيّر الشيء نفسه. ألقِ نظرة ثم أعد المحاولة.";
    refused_key_reused "This form was sent before with other answers. Look at the case again."
        "أُرسل هذا النموذج من قبل بإجابات أخرى. راجع القضية من جديد.";
    refused_on_its_way "It is on its way already." "هو في الطريق أصلًا.";
    // Records
    records_caption "What happened, the latest first" "ما حدث، الأحدث أولًا";
    just_now "just now" "الآن";
    when "When" "متى";
    what "What" "ماذا";
    who "Who" "مَن";
    details "Details" "التفاصيل";
    place_in_log "No." "الرقم";
    verify_log "Verify the log" "تحقّق من السجل";
    verify_hint "Recomputes every record from the first to the head."
        "يعيد حساب كل سجل من الأول إلى الأخير.";
    log_holds "The log holds." "السجل سليم.";
    log_broken "The log does not hold." "السجل غير سليم.";
    operator "operator" "المشغّل";
    api_key "API key" "مفتاح برمجي";
    // Deliveries
    deliveries_caption "Actions on their way to the services"
        "الإجراءات في طريقها إلى الخدمات";
    next_attempt "Next attempt" "المحاولة التالية";
    attempts_column "Attempts" "المحاولات";
    problem "Problem" "المشكلة";
    redeliver "Send again" "أرسل مجددًا";
    no_deliveries "Nothing here." "لا شيء هنا.";
    target_of_action "Done to" "يقع على";
    state "State" "الحالة";
    // Banks and rules
    banks_caption "Entries in force, by bank and kind" "المدخلات السارية حسب البنك والنوع";
    in_force "In force" "سارية";
    retired "Retired" "مسحوبة";
    no_banks "No bank has entries yet." "لا مدخلات في أي بنك بعد.";
    no_rules "No rule is in force." "لا قاعدة سارية.";
    owner "Owner" "المسؤول";
    condition "Condition" "الشرط";
    asks_for "Asks for" "تطلب";
    automatic "acts by itself" "تعمل تلقائيًا";
    asks_a_person "asks a person" "تسأل شخصًا";
    expires "Expires" "تنتهي";
    // Keys
    keys_lead "The whole desk works without a mouse. Keys are not taken while you write."
        "يعمل المكتب كله دون فأرة. لا تُلتقط المفاتيح أثناء الكتابة.";
    key "Key" "المفتاح";
    does "Does" "الوظيفة";
    keys_caption "Keys and what they do" "المفاتيح ووظائفها";
    keys_need_script "Keys need script. Without it, everything is reachable by Tab."
        "تحتاج المفاتيح إلى تشغيل البرامج النصية. بدونها كل شيء متاح بمفتاح Tab.";
    key_next "take the next case" "أخذ القضية التالية";
    key_choose "choose a row of the decision" "اختيار سطر من القرار";
    key_purpose "go to the protected purpose" "الانتقال إلى الغرض المحمي";
    key_reason "go to the reason" "الانتقال إلى السبب";
    key_submit "decide" "اعتماد القرار";
    key_undo "undo the decision" "التراجع عن القرار";
    key_claim "claim the case" "استلام القضية";
    key_release "give the case back" "إعادة القضية إلى القائمة";
    key_reveal "show or blur the pictures" "إظهار الصور أو تمويهها";
    key_down "down in a list" "إلى الأسفل في القائمة";
    key_up "up in a list" "إلى الأعلى في القائمة";
    key_open "open what is marked" "فتح العنصر المحدد";
    key_filter "go to the filter" "الانتقال إلى التصفية";
    key_queues "go to the queues" "الانتقال إلى قوائم الانتظار";
    key_help "show this page" "عرض هذه الصفحة";
    key_leave "leave a field" "مغادرة الحقل";
    // Errors
    error_not_found "There is nothing here" "لا شيء هنا";
    error_not_found_long "The address is wrong, or what it named is gone."
        "العنوان غير صحيح، أو لم يعد ما يشير إليه موجودًا.";
    error_forbidden "This page is not for your role" "هذه الصفحة ليست لدورك";
    error_forbidden_long "Policy leads and administrators see it. Ask one of them if you need it."
        "يراها مسؤولو السياسات ومديرو النظام. اسأل أحدهم إن احتجت إليها.";
    error_form "This form is no longer valid" "لم يعد هذا النموذج صالحًا";
    error_form_long "It came from another page or an earlier session. Go back and try again."
        "جاء من صفحة أخرى أو من جلسة سابقة. ارجع وحاول مرة أخرى.";
    error_unacceptable "This could not be read" "تعذّرت قراءة هذا";
    error_internal "Something failed on our side" "حدث خلل لدينا";
    error_internal_long "Nothing was lost. Try again; if it stays so, tell the operator."
        "لم يُفقد شيء. حاول مرة أخرى، وإن استمر الخلل فأبلغ المشغّل.";
    back_to_queues "Back to the queues" "العودة إلى قوائم الانتظار";
    // Facts of the log
    fact_log_started "The log began" "بدأ السجل";
    fact_item_judged "Item judged" "قُيِّمت مادة";
    fact_case_opened "Case opened" "فُتحت قضية";
    fact_case_joined "Case joined" "انضمام إلى قضية";
    fact_case_claimed "Case claimed" "استُلمت قضية";
    fact_case_released "Case given back" "أُعيدت قضية";
    fact_case_moved "Case moved" "نُقلت قضية";
    fact_decision_made "Decision made" "صدر قرار";
    fact_decision_reversed "Decision reversed" "تراجُع عن قرار";
    fact_action_ordered "Action ordered" "طُلب إجراء";
    fact_action_delivered "Action delivered" "سُلِّم إجراء";
    fact_action_dead_lettered "Delivery given up" "أُوقف تسليم إجراء";
    fact_action_redelivered "Action sent again" "أُعيد إرسال إجراء";
    fact_action_withdrawn "Action withdrawn" "سُحب إجراء";
    fact_notice_received "Notice received" "ورد بلاغ";
    fact_bank_changed "Bank changed" "تغيّر بنك";
    fact_rules_changed "Rules changed" "تغيّرت القواعد";
    fact_user_changed "Person changed" "تغيّر حساب شخص";
    fact_key_changed "Key changed" "تغيّر مفتاح";
    fact_signed_in "Signed in" "تسجيل دخول";
    fact_sign_in_refused "Sign-in refused" "رُفض تسجيل دخول";
    fact_content_viewed "Content viewed" "اطّلاع على محتوى";
    fact_evidence_stored "Evidence stored" "حُفظ دليل";
    fact_evidence_deleted "Evidence deleted" "حُذف دليل";
    fact_settings_changed "Settings changed" "تغيّرت الإعدادات";
    fact_checkpoint_signed "Checkpoint signed" "وُقِّعت نقطة تحقق";
}
filled {
    ago(span) "{span} ago" "منذ {span}";
    in_span(span) "in {span}" "بعد {span}";
    due_in(span) "due in {span}" "الموعد بعد {span}";
    overdue_by(span) "overdue by {span}" "متأخرة منذ {span}";
    within(span) "within {span}" "خلال {span}";
    seconds_to_wait(span)
        "Too many failed attempts. Try again in {span}."
        "محاولات فاشلة كثيرة. حاول مرة أخرى بعد {span}.";
    claimed_by_until(login, until)
        "{login} is at this case until {until}." "يراجع {login} هذه القضية حتى {until}.";
    yours_until(until) "Yours until {until}" "لديك حتى {until}";
    match_number(number, kind, entry, bank, grade)
        "match {number}: {kind} “{entry}”, bank {bank}, {grade}"
        "المطابقة {number}: {kind} «{entry}»، البنك {bank}، {grade}";
    show_rest(characters) "Show the remaining {characters}" "أظهر الباقي: {characters}";
    matches_in_rest(matches) "{matches} in it" "فيه {matches}";
    distance(bits) "{bits} of 256 bits apart" "الفرق {bits} من 256 بت";
    picture_of(number, count) "Picture {number} of {count}" "الصورة {number} من {count}";
    event_item(item) "Item {item} joined" "انضمت المادة {item}";
    event_notice(notice) "Notice {notice} joined" "انضم البلاغ {notice}";
    event_claimed(login) "Claimed by {login}" "استلمها {login}";
    event_released(login) "Given back by {login}" "أعادها {login}";
    event_moved(queue) "Moved to {queue}" "نُقلت إلى {queue}";
    event_by(login) "by {login}" "بواسطة {login}";
    version(number) "version {number}" "الإصدار {number}";
    take_next_of(queue) "Take next case of {queue}" "خذ القضية التالية من {queue}";
    cases_of(queue) "Cases of {queue}" "قضايا {queue}";
    rules_lead(rules, version)
        "{rules} in force, version {version}" "السارية الآن: {rules}، الإصدار {version}";
    banks_lead(entries, revision)
        "{entries} in force, revision {revision}" "الساري الآن: {entries}، المراجعة {revision}";
    log_holds_long(records, hash)
        "{records} hold, from the first to the head {hash}."
        "تم التحقق من {records}، من الأول إلى الأخير {hash}.";
    log_broken_long(seq) "Record {seq} is the first that does not hold:"
        "السجل رقم {seq} هو أول سجل غير سليم:";
    attempts_failed(attempts) "after {attempts}" "بعد {attempts}";
    error_status(status) "Error {status}" "خطأ {status}";
}
}

/// A noun that is counted. Arabic nouns stand in the genitive, as after `منذ` and `خلال`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Records of the log.
    Record,
    /// Characters of a text.
    Character,
    /// Attempts at delivery.
    Attempt,
    /// Matches.
    Match,
    /// Rules.
    Rule,
    /// Entries of a bank.
    Entry,
}

/// English for one and for others; Arabic for none, one, two, 3 to 10, 11 to 99 and others.
struct Forms {
    english: [&'static str; 2],
    arabic: [&'static str; 6],
}

impl Noun {
    /// Every noun, for the tests.
    #[cfg(test)]
    pub const ALL: [Self; 10] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Record,
        Self::Character,
        Self::Attempt,
        Self::Match,
        Self::Rule,
        Self::Entry,
    ];

    fn forms(self) -> Forms {
        let (english, arabic) = match self {
            Self::Second => (
                ["# second", "# seconds"],
                ["# ثانية", "ثانية واحدة", "ثانيتين", "# ثوانٍ", "# ثانية", "# ثانية"],
            ),
            Self::Minute => (
                ["# minute", "# minutes"],
                ["# دقيقة", "دقيقة واحدة", "دقيقتين", "# دقائق", "# دقيقة", "# دقيقة"],
            ),
            Self::Hour => (
                ["# hour", "# hours"],
                ["# ساعة", "ساعة واحدة", "ساعتين", "# ساعات", "# ساعة", "# ساعة"],
            ),
            Self::Day => {
                (["# day", "# days"], ["# يوم", "يوم واحد", "يومين", "# أيام", "# يومًا", "# يوم"])
            }
            Self::Record => (
                ["# record", "# records"],
                ["# سجل", "سجل واحد", "سجلين", "# سجلات", "# سجلًا", "# سجل"],
            ),
            Self::Character => (
                ["# character", "# characters"],
                ["# حرف", "حرف واحد", "حرفين", "# أحرف", "# حرفًا", "# حرف"],
            ),
            Self::Attempt => (
                ["# attempt", "# attempts"],
                ["# محاولة", "محاولة واحدة", "محاولتين", "# محاولات", "# محاولة", "# محاولة"],
            ),
            Self::Match => (
                ["# match", "# matches"],
                ["# مطابقة", "مطابقة واحدة", "مطابقتين", "# مطابقات", "# مطابقة", "# مطابقة"],
            ),
            Self::Rule => (
                ["# rule", "# rules"],
                ["# قاعدة", "قاعدة واحدة", "قاعدتين", "# قواعد", "# قاعدة", "# قاعدة"],
            ),
            Self::Entry => (
                ["# entry", "# entries"],
                ["# مدخل", "مدخل واحد", "مدخلين", "# مدخلات", "# مدخلًا", "# مدخل"],
            ),
        };
        Forms { english, arabic }
    }
}

impl Language {
    /// A number with its noun, in the plural form that the number asks for (Unicode CLDR).
    pub fn count(self, number: u64, noun: Noun) -> String {
        let forms = noun.forms();
        let form = match self {
            Self::English => forms.english[usize::from(number != 1)],
            Self::Arabic => forms.arabic[arabic_form(number)],
        };
        form.replace('#', &grouped(number))
    }
}

fn arabic_form(number: u64) -> usize {
    match (number, number % 100) {
        (0, _) => 0,
        (1, _) => 1,
        (2, _) => 2,
        (_, 3..=10) => 3,
        (_, 11..=99) => 4,
        (_, _) => 5,
    }
}

/// A whole number with a comma between groups of three digits, as both languages write it here.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let parts = [
            bank::TEXTS,
            evidence::TEXTS,
            exposure::TEXTS,
            study::TEXTS,
            campaign::TEXTS,
            finding::TEXTS,
            order::TEXTS,
            threat::TEXTS,
            parameter::TEXTS,
            statement::TEXTS,
            redress::TEXTS,
        ];
        let all = [TEXTS, &parts.concat()].concat();
        for (name, english, arabic) in all {
            assert!(!english.trim().is_empty() && !arabic.trim().is_empty(), "{name}");
            assert_eq!(placeholders(english), placeholders(arabic), "{name}");
            let is_arabic = |text: &str| text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
            if name == "switch_language" {
                assert!(is_arabic(english) && !is_arabic(arabic), "the switch names the other one");
            } else {
                assert!(is_arabic(arabic), "{name} is not Arabic: {arabic}");
                assert!(!is_arabic(english), "{name} is not English: {english}");
            }
        }
    }

    #[test]
    fn every_noun_shows_its_number() {
        for noun in Noun::ALL {
            for number in [0, 3, 10, 11, 99, 100, 101, 102, 103, 1_000] {
                for language in [Language::English, Language::Arabic] {
                    let text = language.count(number, noun);
                    assert!(text.contains(&grouped(number)), "{noun:?} {number}: {text}");
                }
            }
        }
    }

    #[test]
    fn counts_as_each_language_does() {
        for (number, english, arabic) in [
            (0, "0 hours", "0 ساعة"),
            (1, "1 hour", "ساعة واحدة"),
            (2, "2 hours", "ساعتين"),
            (3, "3 hours", "3 ساعات"),
            (10, "10 hours", "10 ساعات"),
            (11, "11 hours", "11 ساعة"),
            (100, "100 hours", "100 ساعة"),
            (103, "103 hours", "103 ساعات"),
            (1_234_567, "1,234,567 hours", "1,234,567 ساعة"),
        ] {
            assert_eq!(Language::English.count(number, Noun::Hour), english);
            assert_eq!(Language::Arabic.count(number, Noun::Hour), arabic);
        }
    }

    #[test]
    fn reads_language_tags() {
        for (tag, expected) in [
            ("ar", Some(Language::Arabic)),
            ("ar-EG", Some(Language::Arabic)),
            ("EN_gb", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(Language::parse(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_foreign_text_is_isolated() {
        let text = Language::Arabic.claimed_by_until(isolate("nour"), "15:32");
        assert_eq!(text, "يراجع \u{2068}nour\u{2069} هذه القضية حتى 15:32.");
    }
}
