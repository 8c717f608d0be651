//! Words of the pages for people outside, and of the desk where appeals and notices are heard, in
//! English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    // Pages for people outside
    link_unknown "This link does not open anything" "هذا الرابط لا يفتح شيئًا";
    link_unknown_long
        "Open it exactly as it stands in the message that you were sent, or ask the service for a \
         new one."
        "افتحه تمامًا كما ورد في الرسالة التي وصلتك، أو اطلب من الخدمة رابطًا جديدًا.";
    outside_failed "That did not work" "لم ينجح ذلك";
    outside_failed_long
        "The fault is ours, and nothing that you wrote was kept. Please try again in a few minutes."
        "الخلل من عندنا، ولم يُحفظ شيء مما كتبته. حاول مرة أخرى بعد بضع دقائق.";
    too_often "Too many requests" "طلبات كثيرة جدًا";
    too_often_long
        "Too much was asked from your address in a short time. Please wait a minute and try again."
        "وردت من عنوانك طلبات كثيرة في وقت قصير. انتظر دقيقة ثم حاول مرة أخرى.";
    the_reason "The reason" "السبب";
    your_reference "Your reference:" "رقمك المرجعي:";
    what_was_decided "What was decided" "ما الذي تقرر";
    decision_on "About" "بشأن";
    decision_measure "What was done" "ما الذي اتُّخذ";
    decision_day "When" "متى";
    decision_policy "The rule that it rests on" "القاعدة التي يستند إليها";
    decision_automation "Were programs used?" "هل استُخدمت برامج؟";
    decision_reference "Reference of the decision" "الرقم المرجعي للقرار";
    object_heading "If you do not agree" "إن كنت لا توافق";
    object_ground "What is wrong with the decision?" "ما الخطأ في القرار؟";
    object_reason "Why?" "لماذا؟";
    object_reason_hint
        "In your own words and your own language. Say what whoever decided may not have known."
        "بكلماتك وبلغتك. اذكر ما قد لا يكون صاحب القرار على علم به.";
    object_email "E-mail address, if you want the answer by e-mail"
        "عنوان البريد الإلكتروني، إن أردت أن تصلك الإجابة بالبريد";
    object_email_hint
        "It is used for this complaint alone. Without it, this page shows the answer: keep its \
         address."
        "يُستخدم لهذه الشكوى وحدها. ومن دونه تُعرض الإجابة في هذه الصفحة، فاحتفظ بعنوانها.";
    object_send "Send the complaint" "أرسل الشكوى";
    object_closed "Complaints" "الشكاوى";
    object_nothing
        "There is nothing to complain about here: the decision was reversed, or nothing was done \
         that you could object to."
        "ليس هنا ما يُشتكى منه: أُلغي القرار، أو لم يُتخذ إجراء يمكنك الاعتراض عليه.";
    object_order
        "This was done on an order of an authority. Object to it before that authority or a court \
         of its State."
        "نُفّذ هذا بناءً على أمر من سلطة. قدّم اعتراضك إلى تلك السلطة أو إلى محكمة في دولتها.";
    other_ways "Other ways" "سبل أخرى";
    other_ways_long
        "Whatever is decided here, you can take the matter to a court."
        "أيًا كان القرار هنا، يبقى بإمكانك اللجوء إلى القضاء.";
    other_ways_bodies
        "These bodies settle disputes out of court:"
        "تسوّي هذه الهيئات النزاعات خارج القضاء:";
    ground_not_a_violation
        "The content is not what the decision says" "المحتوى ليس كما يقول القرار";
    ground_protected_purpose
        "It is news, research, teaching, art, satire, or speaks against violence"
        "هو خبر أو بحث أو تعليم أو فن أو سخرية أو كلام ضد العنف";
    ground_not_mine "I did not make or post it" "لم أصنعه ولم أنشره";
    ground_too_severe "What was done is too severe" "الإجراء المتخذ أشد مما ينبغي";
    ground_is_a_violation
        "The content is what my notice says" "المحتوى كما يقول إشعاري";
    ground_other "Something else" "شيء آخر";
    appeal_no_ground "Choose what is wrong with the decision." "اختر ما الخطأ في القرار.";
    email_unfit
        "That is not an e-mail address. Write it as name@host, or leave it empty."
        "هذا ليس عنوان بريد إلكتروني. اكتبه على صورة name@host أو اتركه فارغًا.";
    appeal_open "We have your complaint" "وصلتنا شكواك";
    appeal_refused "Your complaint is not heard" "لن يُنظر في شكواك";
    appeal_upheld "The decision stands" "القرار باقٍ كما هو";
    appeal_upheld_long
        "Somebody who did not take the decision has looked at your complaint."
        "نظر في شكواك شخص لم يتخذ القرار.";
    appeal_reversed "The decision is reversed" "أُلغي القرار";
    appeal_reversed_long
        "Somebody who did not take the decision has looked at your complaint and agrees with it. \
         What followed from the decision is taken back."
        "نظر في شكواك شخص لم يتخذ القرار ووجدها محقة. يُتراجع عن كل ما ترتب على القرار.";
    appeal_partly "The decision is changed" "عُدّل القرار";
    appeal_partly_long
        "Somebody who did not take the decision has looked at your complaint and agrees with it in \
         part. Another decision takes its place."
        "نظر في شكواك شخص لم يتخذ القرار ووجدها محقة في جزء منها. حلّ محله قرار آخر.";
    // The form for notices
    no_notices_here "No notices are taken here" "لا تُستقبل إشعارات هنا";
    no_notices_here_long
        "Ask the service where to report content."
        "اسأل الخدمة أين تبلّغ عن المحتوى.";
    notice_lead
        "A person or a program looks at every notice. You will be told what was decided, and how \
         to object."
        "يُنظر في كل إشعار. سنخبرك بما يتقرر وكيف تعترض عليه.";
    notice_grounds "What is wrong with the content?" "ما المشكلة في المحتوى؟";
    notice_illegal "It is illegal" "هو غير قانوني";
    notice_child_abuse
        "It shows the sexual abuse of a child (no name is needed)"
        "يعرض اعتداءً جنسيًا على طفل (لا حاجة إلى ذكر الاسم)";
    notice_against_terms
        "It is against the rules of the service" "هو مخالف لقواعد الخدمة";
    notice_location "Where exactly is it?" "أين هو بالضبط؟";
    notice_location_hint
        "The address of the post, picture, video or account, copied from the browser."
        "عنوان المنشور أو الصورة أو الفيديو أو الحساب، منسوخًا من المتصفح.";
    notice_reason "Why?" "لماذا؟";
    notice_reason_hint
        "Explain it so that somebody who does not know the matter can see it. In your own language."
        "اشرح ذلك بحيث يفهمه من لا يعرف الموضوع، وبلغتك.";
    notice_name "Your name" "اسمك";
    notice_email "Your e-mail address" "عنوان بريدك الإلكتروني";
    notice_name_hint
        "For content that is illegal, the law asks for both. The person whom the notice is about \
         is not told who you are, unless that is strictly necessary."
        "للمحتوى غير القانوني يطلب القانون كليهما. ولا يُخبَر من يخصه الإشعار بهويتك إلا عند \
         الضرورة القصوى.";
    leave_empty "Leave this empty" "اترك هذا فارغًا";
    notice_good_faith
        "I believe in good faith that what I say here is accurate and complete."
        "أعتقد بحسن نية أن ما أقوله هنا دقيق وكامل.";
    notice_send "Send the notice" "أرسل الإشعار";
    notice_taken "We have your notice" "وصلنا إشعارك";
    notice_taken_long
        "If you gave an e-mail address, a receipt is on its way, and you will be told what was \
         decided."
        "إن ذكرت عنوان بريد إلكتروني فسيصلك إيصال، ثم نخبرك بما يتقرر.";
    notice_not_taken "Your notice is not dealt with" "لن يُنظر في إشعارك";
    choose_notice_ground "Choose what is wrong with the content." "اختر ما المشكلة في المحتوى.";
    notice_no_reason "Say why." "قل لماذا.";
    notice_no_location
        "Nothing that is known here stands at that place. Give the exact address of the post or \
         account."
        "لا يوجد في ذلك المكان شيء معروف هنا. اذكر العنوان الدقيق للمنشور أو الحساب.";
    notice_no_name "Give your name." "اذكر اسمك.";
    notice_no_email
        "Give your e-mail address, as name@host." "اذكر عنوان بريدك الإلكتروني على صورة name@host.";
    notice_no_good_faith
        "Tick that you say this in good faith." "ضع علامة على أنك تقول ذلك بحسن نية.";
    notice_too_long "What you wrote is too long." "ما كتبته أطول مما ينبغي.";
    form_from_elsewhere
        "The form came from another site. Send it again from here."
        "جاءت الاستمارة من موقع آخر. أرسلها مرة أخرى من هنا.";
    refused_warning_missing
        "This account was not warned. Warn it first; it may be suspended when it goes on."
        "لم يُوجَّه تحذير إلى هذا الحساب. حذّره أولًا، ويمكن تعليقه إن استمر.";
    refused_nothing_unfounded
        "No notice of this notifier was found manifestly unfounded in the last 180 days."
        "لم يتبيّن أن أي إشعار من هذا المُبلِّغ بلا أساس على نحو واضح خلال آخر 180 يومًا.";
    refused_notifier_not_warned
        "Warn this notifier first. A suspension needs a warning and an unfounded notice after it."
        "حذّر هذا المُبلِّغ أولًا. يتطلب الإيقاف تحذيرًا ثم إشعارًا بلا أساس بعده.";
    refused_not_suspended "This notifier is not suspended." "هذا المُبلِّغ غير موقوف.";
    // The desk
    appeals "Appeals" "الشكاوى";
    appeal "Appeal" "شكوى";
    appeals_lead
        "Heard by somebody who had no part in deciding the case."
        "ينظر فيها من لم يشارك في البت في القضية.";
    appeals_caption "Appeals, those due soonest first" "الشكاوى، وأقربها موعدًا أولًا";
    appeals_open "Open" "مفتوحة";
    appeals_answered "Answered" "أُجيب عنها";
    appeals_refused "Not heard" "لم يُنظر فيها";
    no_appeals "No appeals here." "لا شكاوى هنا.";
    appeal_by "From" "من";
    appeal_by_affected "the person concerned" "صاحب الشأن";
    appeal_by_notifier "a notifier" "مقدّم إشعار";
    appeal_ground "Ground" "السبب المختار";
    came_in "Came in" "وردت";
    appeal_outcome "Outcome" "النتيجة";
    outcome_upheld "The decision stands" "القرار باقٍ";
    outcome_reversed "The decision is reversed" "يُلغى القرار";
    outcome_partly "Something lighter takes its place" "يحل محله إجراء أخف";
    what_is_said "What the person says" "ما يقوله صاحب الشكوى";
    decided_by "Decided by" "صاحب القرار";
    answer "Answer" "الإجابة";
    answer_reason
        "Why, in words for the person who complained"
        "لماذا، بكلمات موجهة إلى صاحب الشكوى";
    answer_send "Send the answer" "أرسل الإجابة";
    you_are_involved
        "You decided on this case, or reversed a decision on it. Somebody else has to hear the \
         appeal."
        "شاركتَ في البت في هذه القضية أو ألغيت قرارًا فيها. يجب أن ينظر في الشكوى شخص آخر.";
    still_standing
        "Another decision against the same content or account still stands."
        "ما زال هناك قرار آخر قائم ضد المحتوى أو الحساب نفسه.";
    entries_that_matched
        "Bank entries that led here; if the decision is reversed:"
        "مدخلات البنوك التي أدت إلى القرار، إن أُلغي:";
    entries_wrong "They are wrong: dispute them" "هي خاطئة: سجّل اعتراضًا عليها";
    entries_right
        "They are right: only the purpose was missed"
        "هي صحيحة: لم يُلتفت إلى الغرض فحسب";
    instead "What takes its place" "ما يحل محله";
    instead_hint
        "For something lighter, or where a notifier is right. Without it a reversal leaves nothing."
        "لإجراء أخف، أو حين يكون مقدّم الإشعار محقًا. ومن دونه لا يُبقي الإلغاء شيئًا.";
    instead_what "Instead" "بدلًا منه";
    choose_outcome "Choose how it comes out." "اختر النتيجة.";
    choose_instead "Choose what takes the place of the decision." "اختر ما يحل محل القرار.";
    done_heard "The appeal is answered." "أُجيب عن الشكوى.";
    refused_appeal_not_open "This appeal is no longer open." "لم تعد هذه الشكوى مفتوحة.";
    refused_appeal_moot
        "The decision no longer stands, so there is nothing to answer."
        "لم يعد القرار قائمًا، فلا شيء يُجاب عنه.";
    refused_answer_does_not_go
        "What takes the place of the decision does not go with the outcome."
        "ما يحل محل القرار لا يناسب النتيجة.";
    // Facts
    fact_appeal_received "Appeal came in" "وردت شكوى";
    fact_appeal_answered "Appeal answered" "أُجيب عن شكوى";
    fact_ladder_changed "Ladder changed" "تغيّر سلّم المخالفات";
    fact_notice_refused "Notice not taken" "لم يُقبل إشعار";
    fact_notice_assessed "Notice assessed" "قُيّم إشعار";
    fact_notifier_judged "Notifier warned or suspended" "حُذّر مُبلِّغ أو أُوقف";
    fact_flagger_changed "Flagger changed" "تغيّر مُبلِّغ موثوق";
    // The ladder
    ladder "Ladder of strikes" "سلّم المخالفات";
    ladder_lead
        "It proposes, and a person decides. Try it on the past before you change it."
        "هو يقترح والإنسان يقرر. جرّبه على ما مضى قبل أن تغيّره.";
    ladder_steps "Steps" "الدرجات";
    ladder_steps_hint
        "One a line: from how many strikes on, and what is proposed. For example: 2 warn"
        "درجة في كل سطر: ابتداءً من كم مخالفة، وما يُقترح (warn للتحذير، suspend للتعليق).";
    ladder_expires "Days after which a strike no longer counts (empty: never)"
        "عدد الأيام التي لا تُحسب المخالفة بعدها (فارغ: تُحسب دائمًا)";
    ladder_warning "Days that a warning holds before a suspension"
        "عدد الأيام التي يسري فيها التحذير قبل التعليق";
    ladder_warning_hint
        "A suspension without a warning in this time is refused (DSA Art 23)."
        "يُرفض التعليق من دون تحذير خلال هذه المدة (المادة 23 من قانون الخدمات الرقمية).";
    ladder_reason "Why it is changed" "سبب التغيير";
    ladder_try "Try it on the past" "جرّبه على ما مضى";
    ladder_save "Put it into force" "اجعله نافذًا";
    ladder_trial "What it would have done" "ما الذي كان سيفعله";
    ladder_trial_caption
        "Accounts that each ladder would have proposed to warn and to suspend, by language"
        "الحسابات التي كان كل سلّم سيقترح تحذيرها وتعليقها، حسب اللغة";
    ladder_versions "Versions" "الإصدارات";
    ladder_step_unread
        "A step is a number and `warn` or `suspend`, one a line."
        "الدرجة رقم ثم `warn` أو `suspend`، واحدة في كل سطر.";
    ladder_days_unread "Give whole days, or leave it empty." "اذكر أيامًا كاملة أو اتركه فارغًا.";
    accounts_with_strikes "Accounts with strikes" "حسابات عليها مخالفات";
    warned_now "Warned, present" "تحذير، الحالي";
    warned_then "Warned, this one" "تحذير، هذا";
    suspended_now "Suspended, present" "تعليق، الحالي";
    suspended_then "Suspended, this one" "تعليق، هذا";
    weighed_with "To be weighed with it" "يُوزن معه";
    last_warned "Last warned" "آخر تحذير";
    // Notifiers
    notifiers "Notifiers" "المُبلِّغون";
    notifiers_lead
        "Who gives notice, how often they were right, and who misuses it."
        "من يرسل الإشعارات، وكم مرة أصاب، ومن يسيء استعمالها.";
    flaggers "Trusted flaggers and referral units" "المُبلِّغون الموثوقون ووحدات الإحالة";
    flaggers_caption
        "Flaggers with the share of decided notices on which a violation was found, with an \
         interval of 95 %"
        "المُبلِّغون مع نسبة الإشعارات التي ثبتت فيها مخالفة مما بُتّ فيه، بفترة ثقة 95٪";
    no_flaggers "None are registered." "لا أحد مسجل.";
    flagger "Flagger" "المُبلِّغ";
    flagger_trusted "Trusted flagger" "مُبلِّغ موثوق";
    flagger_unit "Referral unit" "وحدة إحالة";
    awarded_by "Awarded by" "الجهة المانحة";
    was_right "Was right" "أصاب";
    nothing_decided "nothing decided yet" "لم يُبت في شيء بعد";
    notifiers_in_question "Notifiers in question" "مُبلِّغون محل نظر";
    no_notifiers
        "No notice of the last 180 days was found manifestly unfounded."
        "لم يتبيّن أن أي إشعار خلال آخر 180 يومًا بلا أساس على نحو واضح.";
    unfounded_notices "Manifestly unfounded" "بلا أساس على نحو واضح";
    warned_on "Warned on" "حُذّر في";
    suspended_until "Not dealt with until" "لا يُنظر فيها حتى";
    notifier_key "Key" "المفتاح";
    how_grave
        "How grave are the notices and what followed?"
        "ما مدى خطورة الإشعارات وما ترتب عليها؟";
    gravity_minor "They cost time" "أضاعت الوقت";
    gravity_serious
        "Somebody was restricted, or could have been"
        "قُيّد شخص بسببها أو كاد";
    what_was_meant "What was meant by them?" "ما المقصود بها؟";
    intention_not_identifiable "It cannot be told" "لا يمكن معرفته";
    intention_mistaken "They believed in it" "كان يعتقد بصحتها";
    intention_deliberate
        "They meant to harm or silence somebody"
        "قصد الإضرار بشخص أو إسكاته";
    reason_for_notifier "Why, in words for the notifier" "السبب، بكلمات موجهة إلى المُبلِّغ";
    days_of_suspension "Days of suspension" "أيام الإيقاف";
    warn_notifier "Warn" "حذّر";
    suspend_notifier "Suspend" "أوقف";
    lift_suspension "Take the suspension back" "ألغِ الإيقاف";
    weigh_both
        "Say how grave it is and what was meant."
        "اذكر مدى الخطورة والمقصود.";
    mark_unfounded "Manifestly unfounded" "بلا أساس على نحو واضح";
    asks_to_wait
        "Asks that nothing is done yet: an investigation goes on. It is a request."
        "تطلب عدم اتخاذ أي إجراء بعد: ثمة تحقيق جارٍ. هذا طلب.";
}
filled {
    open_order_beside(order, time)
        "An authority ordered something about the same content, and it is not carried out yet: \
         {order}, received {time}. The referral stays a request."
        "أمرت سلطة بشيء بشأن المحتوى نفسه ولم يُنفَّذ بعد: {order}، ورد في {time}. تبقى الإحالة \
         طلبًا.";
    preserved_beside(time)
        "The same content is preserved as evidence until {time}."
        "المحتوى نفسه محفوظ دليلًا حتى {time}.";
    conduct_words(strikes, items, gravest)
        "{strikes} strikes in {items} items; the gravest: {gravest}"
        "{strikes} من المخالفات في {items} من المنشورات؛ أشدها: {gravest}";
    share_of(count, of, share, low, high)
        "{count} of {of}: {share} ({low} to {high})"
        "{count} من {of}: {share} (من {low} إلى {high})";
    unfounded_since(count) "unfounded since then: {count}" "بلا أساس منذ ذلك الحين: {count}";
    notice_heading(service) "Report content on {service}" "الإبلاغ عن محتوى في {service}";
    notice_reference(reference) "Your reference is {reference}." "رقمك المرجعي هو {reference}.";
    decided_by_rule(rule) "the rule {rule}" "القاعدة {rule}";
    decision_about(service) "A decision on {service}" "قرار في {service}";
    outside_item(item) "Content {item}" "المحتوى {item}";
    outside_account(account) "Account {account}" "الحساب {account}";
    object_long(until)
        "You can complain here, free of charge, until {until}. Somebody who did not take the \
         decision will look at it; no program decides it."
        "يمكنك تقديم شكوى هنا مجانًا حتى {until}. سينظر فيها شخص لم يتخذ القرار، ولا يبتّ فيها أي \
         برنامج.";
    object_late(until)
        "Complaints against this decision were taken until {until}."
        "كانت الشكاوى ضد هذا القرار تُقبل حتى {until}.";
    appeal_open_long(due)
        "Somebody who did not take the decision will look at it. You will have an answer by {due}. \
         This page shows it: keep its address."
        "سينظر فيها شخص لم يتخذ القرار، وستصلك الإجابة بحلول {due}. تُعرض في هذه الصفحة، فاحتفظ \
         بعنوانها.";
    appeal_refused_long(why) "The reason: {why}" "السبب: {why}";
    appeal_no_reason(bytes)
        "Say why the decision should be another one, in at most {bytes} letters."
        "قل لماذا ينبغي أن يكون القرار غير ذلك، بما لا يزيد على {bytes} حرف.";
    appeal_too_long(bytes)
        "What you wrote is too long. At most {bytes} letters are kept."
        "ما كتبته أطول مما ينبغي. يُحفظ منه {bytes} حرف على الأكثر.";
}
}
