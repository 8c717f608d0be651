//! Words of the desk of orders, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    orders "Orders" "الأوامر";
    orders_lead
        "What authorities demand, with the time that is left. Nothing is carried out before it is \
         known who it comes from, the form is whole, and a person says so."
        "ما تطلبه السلطات مع الوقت المتبقي. لا يُنفَّذ شيء قبل التأكد من مصدره واكتمال نموذجه \
         وقرار شخص بذلك.";
    orders_caption "Orders, what is due first" "الأوامر، الأقرب أجلًا أولًا";
    no_orders "No order here." "لا توجد أوامر هنا.";
    all_orders "All" "الكل";
    order_reference "Reference" "المرجع";
    order_authority "Authority" "السلطة";
    order_kind "Demand" "الطلب";
    order_received_at "Received" "وقت الورود";
    order_time "Time" "الأجل";
    order_kind_tco "Remove within the hour (TCO Art 3)" "إزالة خلال ساعة (المادة 3)";
    order_kind_act "Act against content (DSA Art 9)" "تصرف ضد محتوى (المادة 9)";
    order_kind_information "Give information (DSA Art 10)" "تقديم معلومات (المادة 10)";
    order_drill "Drill" "تدريب";
    order_status_received "To be handled" "بانتظار المعالجة";
    order_status_executing "Being carried out" "قيد التنفيذ";
    order_status_executed "Carried out" "نُفِّذ";
    order_status_impossible "Cannot be carried out now" "متعذر التنفيذ حاليًا";
    order_status_refused "Not carried out" "لم يُنفَّذ";
    order_status_ceased "Without effect" "زال أثره";
    order_status_superseded "Replaced" "حلّ محله أمر آخر";
    order_new "Type in an order" "إدخال أمر";
    order_new_hint
        "For orders on paper or by telephone. The clock starts with the time of receipt."
        "للأوامر الواردة على الورق أو بالهاتف. تبدأ المهلة من وقت الورود.";
    order_received_when
        "Received at (UTC; now if empty)"
        "وقت الورود (بالتوقيت العالمي، الآن إن تُرك فارغًا)";
    order_service "Service" "الخدمة";
    order_is_drill
        "This is a drill: nothing changes at the service"
        "هذا تدريب: لا يتغير شيء في الخدمة";
    order_take "Take it in" "استلام الأمر";
    order_due_none "No time is set" "لا أجل محدد";
    order_due_missed "The time went by" "فات الأجل";
    order_stopped "The clock stands still" "المهلة متوقفة";
    order_met "Done in time" "تم في الأجل";
    order_late "Done late" "تم متأخرًا";
    order_obstacles "What stands in the way" "ما يحول دون التنفيذ";
    order_ready "Nothing stands in the way." "لا عائق أمام التنفيذ.";
    order_not_authentic
        "It is not known whether it comes from its authority. Call back at the number on file."
        "لا يُعرف بعد هل صدر عن السلطة المذكورة. اتصلوا بالرقم المسجل لدينا.";
    order_no_content
        "None of its links leads to content that is there."
        "لا يقود أي من روابطه إلى محتوى موجود.";
    order_is_authentic "Known to come from" "ثبت صدوره عن";
    order_by_key "by its key" "بمفتاحه";
    order_by_certificate "by its certificate" "بشهادته";
    order_by_domain "by the signature of its domain" "بتوقيع نطاقه";
    order_by_call_back "by calling back" "باتصال عكسي";
    order_links "Content" "المحتوى";
    order_link_item "Item" "مادة";
    order_link_not_ours "No address of this service" "ليس عنوانًا لهذه الخدمة";
    order_link_unknown "No such item is known" "لا تُعرف مادة كهذه";
    order_link_gone "Not there" "غير موجود";
    order_link_done "Disabled" "عُطِّل";
    order_link_waits "Waits for the service" "بانتظار الخدمة";
    order_link_restored "Given back" "أُعيد";
    order_locate "It is the item" "هي المادة";
    order_say_gone "Nothing is there" "لا شيء هناك";
    order_seen "What was seen" "ما شوهد";
    order_form "Form" "النموذج";
    order_correct "Put the form right" "تصحيح النموذج";
    order_save_form "Save the form" "حفظ النموذج";
    order_steps "What to do" "ما العمل";
    order_execute "Carry it out now" "تنفيذ الآن";
    order_execute_hint
        "Disables every item that it names, in all Member States, and answers the authority when \
         the service has confirmed the last of them. The evidence is kept and everything can be \
         given back."
        "يعطل كل مادة مذكورة في جميع الدول الأعضاء، ويجيب السلطة بعد تأكيد الخدمة لآخرها. تُحفظ \
         الأدلة ويمكن إعادة كل شيء.";
    order_call_back "The authority was called back" "تم الاتصال بالسلطة";
    order_call_back_who "Who answered, at which number on file" "من أجاب، وعلى أي رقم مسجل";
    order_no_authority "No authority is registered yet." "لم تُسجل أي سلطة بعد.";
    order_stop "It cannot be carried out now (Annex III)" "يتعذر تنفيذه الآن (المرفق الثالث)";
    order_ground "Ground" "السبب";
    order_ground_impossible
        "Force majeure, or impossible in fact (Art 3(7))"
        "قوة قاهرة أو استحالة فعلية (المادة 3(7))";
    order_ground_errors "Manifest errors (Art 3(8))" "أخطاء ظاهرة (المادة 3(8))";
    order_ground_insufficient "Not enough information (Art 3(8))" "معلومات غير كافية (المادة 3(8))";
    order_information "The facts" "الوقائع";
    order_clarification "What must be made clear" "ما يلزم إيضاحه";
    order_send_stop "Answer and stop the clock" "الإجابة وإيقاف المهلة";
    order_resume "The ground ceased, or the clarification arrived" "زال السبب أو ورد الإيضاح";
    order_resume_now "Start the hour anew" "بدء الساعة من جديد";
    order_refuse "It is not carried out" "لا يُنفَّذ";
    order_refuse_hint
        "For what is no order, is forged, or is not for this service. The sender is told your \
         reason."
        "لما ليس أمرًا أو كان مزورًا أو ليس لهذه الخدمة. يُبلغ المرسل بالسبب.";
    order_reason "Reason" "السبب";
    order_send_refusal "Refuse and answer" "الرفض والإجابة";
    order_answer_done "The information was handed over" "سُلِّمت المعلومات";
    order_see_miss "Take note of the missed time" "أخذ العلم بفوات الأجل";
    order_see_miss_why "Why it went by, and what follows" "لماذا فات، وما الذي يترتب";
    order_scrutiny "Scrutiny by the home authority (Art 4)" "تدقيق سلطة المقر (المادة 4)";
    order_ask_scrutiny "Ask for scrutiny" "طلب التدقيق";
    order_scrutiny_infringes
        "It found an infringement: give everything back"
        "وجدت مخالفة: إعادة كل شيء";
    order_scrutiny_stands "It found none: the order stands" "لم تجد مخالفة: يبقى الأمر";
    order_scrutiny_says "What the authority says" "ما تقوله السلطة";
    order_letters "Letters" "الرسائل";
    order_no_letters "None." "لا توجد.";
    order_mails "E-mails that came in" "الرسائل الواردة";
    order_history "What happened" "ما حدث";
    order_sender "From" "من";
    order_to "To" "إلى";
    order_fields_yes "yes" "نعم";
    order_fields_no "no" "لا";
    duty_heading "On duty" "المناوبة";
    duty_nobody
        "Nobody is on duty. Warnings go to the addresses in the settings alone."
        "لا أحد في المناوبة. تذهب التنبيهات إلى العناوين في الإعدادات فقط.";
    done_order_taken "The order is kept, and its clock runs." "حُفظ الأمر وبدأت مهلته.";
    done_order_step "Done." "تم.";
    event_order_received "Came in" "ورد";
    event_order_repeated "The same came in again" "ورد نفسه ثانية";
    event_order_authenticated "Known to be authentic" "ثبتت صحته";
    event_order_corrected "The form was put right" "صُحح النموذج";
    event_order_located "A link was found" "حُدد رابط";
    event_order_begun "Carrying out began" "بدأ التنفيذ";
    event_order_done "Carried out" "نُفِّذ";
    event_order_stopped "Annex III: cannot be carried out now" "المرفق الثالث: يتعذر تنفيذه الآن";
    event_order_resumed "The clock started anew" "بدأت المهلة من جديد";
    event_order_refused "Not carried out" "لم يُنفَّذ";
    event_order_alerted "Warned: minutes left" "تنبيه: الدقائق المتبقية";
    event_order_missed "The time went by" "فات الأجل";
    event_order_miss_seen "The miss was taken note of" "أُخذ العلم بفوات الأجل";
    event_order_scrutiny_asked "Scrutiny was asked for" "طُلب التدقيق";
    event_order_scrutiny_decided "Scrutiny was decided" "صدر قرار التدقيق";
    event_order_ceased "It lost its effect" "زال أثره";
    event_order_silence_extended "Silence was extended" "مُدد عدم الإفصاح";
    event_order_silence_ended "The person may be told" "يجوز إبلاغ الشخص";
    fact_order_received "Order received" "ورد أمر";
    fact_order_changed "Step on an order" "خطوة في أمر";
    fact_order_carried_out "Order carried out" "نُفِّذ أمر";
    fact_order_alerted "Order running out of time" "أمر يقترب أجله";
    fact_authority_changed "Authority registered or changed" "سُجلت سلطة أو تغيرت";
    fact_duty_changed "Duty changed" "تغيرت المناوبة";
    fact_letter_sent "Letter sent" "أُرسلت رسالة";
    fact_letter_dead "Letter given up" "تعذر إرسال رسالة";
    fact_letter_again "Letter sent again" "أُعيد إرسال رسالة";
    fact_mail_received "E-mail received" "وردت رسالة بريد";
    order_looks_like_amendment
        "Looks like an amendment of an earlier order. A person says whether it is."
        "يبدو تعديلًا لأمر سابق. يقرر شخص هل هو كذلك.";
    order_replaces "Took the place of" "حلّ محل";
    order_replaced_by "Replaced by" "حلّ محله";
    order_supersede "Replaced by a later order" "حلّ محله أمر لاحق";
    order_supersede_hint
        "For an order that the same authority amended. What was disabled stays disabled while the \
         later order stands."
        "لأمر عدّلته السلطة نفسها. يبقى ما عُطّل معطلًا ما دام الأمر اللاحق قائمًا.";
    order_supersede_by "Replaced by order" "حلّ محله الأمر";
    order_supersede_this "It takes the place of that order" "يحل محل ذلك الأمر";
    order_kept_unnamed
        "Disabled by the orders that it replaced, and not named by it:"
        "عطّلته الأوامر التي حل محلها ولا يذكره:";
    event_order_took_place "It took the place of another order" "حلّ محل أمر آخر";
    event_order_superseded "Another order took its place" "حلّ محله أمر آخر";
}
filled {
    order_form_count(count)
        "Wrong in the form: {count}."
        "عدد الحقول الخاطئة في النموذج: {count}.";
    order_link_count(count)
        "Links that are unclear: {count}. Say what they are."
        "عدد الروابط غير الواضحة: {count}. حددوها.";
    order_link_account(account, items)
        "An account ({account}) with {items} items: which content is meant?"
        "حساب ({account}) فيه {items} مادة: أي محتوى هو المقصود؟";
    order_silent_until(time)
        "The person concerned is not told until {time} (Art 11(3)); then the silence ends by \
         itself."
        "لا يُبلغ الشخص المعني حتى {time} (المادة 11(3))، ثم ينتهي ذلك تلقائيًا.";
    order_scrutiny_due(time)
        "Asked for; a decision is due by {time}."
        "طُلب؛ والقرار مستحق قبل {time}.";
    duty_until(who, time) "{who} until {time}" "{who} حتى {time}";
    pressing_orders(count) "Orders that wait: {count}" "أوامر بانتظار التنفيذ: {count}";
}
}
