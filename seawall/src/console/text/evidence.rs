//! Words of the page of what is preserved, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    evidence "Evidence" "الأدلة";
    evidence_lead
        "What was removed or disabled is preserved for six months, for review, complaints and the \
         investigation of terrorist offences alone. Every access is a record."
        "يُحفظ ما أُزيل أو عُطّل ستة أشهر، للمراجعة والشكاوى والتحقيق في الجرائم الإرهابية فقط. \
         وكل اطلاع عليه يُسجَّل.";
    evidence_caption
        "What is preserved, what ends first on top"
        "المحفوظات، وأولها ما تنتهي مدته أولًا";
    no_evidence "Nothing is preserved." "لا شيء محفوظ.";
    preservation "Preservation" "الحفظ";
    preserved_until "Until" "حتى";
    removed_at "Removed" "تاريخ الإزالة";
    originals "Originals" "النسخ الأصلية";
    preservation_ordered "Being sealed" "قيد الختم";
    preservation_kept "Kept" "محفوظ";
    preservation_held "Held" "موقوف حذفه";
    preservation_deleted "Deleted" "محذوف";
    look_at_evidence "Look at it" "الاطلاع عليه";
    access_purpose "What for" "الغرض";
    purpose_review "Administrative or judicial review" "مراجعة إدارية أو قضائية";
    purpose_complaint "A complaint against the removal" "شكوى من الإزالة";
    purpose_investigation "Investigation of terrorist offences" "التحقيق في جرائم إرهابية";
    access_reason "Why (the record commits to it)" "السبب (يلتزم به السجل)";
    ask_access "Ask for access" "طلب الاطلاع";
    accesses "Accesses" "طلبات الاطلاع";
    accesses_caption "Who asked to see it, what for and why" "من طلب الاطلاع عليه، ولأي غرض وسبب";
    access_waits "Waits for a second person" "ينتظر شخصًا ثانيًا";
    access_over "Over" "انتهى";
    allow_access "Allow" "السماح";
    save_original "Save" "حفظ";
    originals_caption
        "The originals with their capture metadata; your access lets you save them"
        "النسخ الأصلية وبيانات التقاطها؛ ويتيح لك اطلاعك حفظها";
    size_in_bytes "Bytes" "بايت";
    captured_at "Captured" "وقت الالتقاط";
    digest_sha256 "Digest (SHA-256)" "البصمة (SHA-256)";
    holds "Holds" "إيقافات الحذف";
    hold_evidence "Hold against deletion" "إيقاف الحذف";
    hold_reason "Which duty stands against deletion" "الواجب الذي يمنع الحذف";
    release_evidence "Lift the hold" "رفع الإيقاف";
    prolong_evidence "Keep longer" "تمديد الحفظ";
    prolong_hint
        "Only because a competent authority or court asks for it, and only while proceedings are \
         pending."
        "فقط بطلب من سلطة مختصة أو محكمة، وفقط ما دامت الإجراءات قائمة.";
    asked_by_authority "Authority or court" "السلطة أو المحكمة";
    proceedings "Pending proceedings" "الإجراءات القائمة";
    until_date "Until (date)" "حتى (تاريخ)";
    done_access "Access is asked for." "طُلب الاطلاع.";
    done_allowed "The access is allowed." "سُمح بالاطلاع.";
    done_held "It is held." "أُوقف حذفه.";
    done_released_hold "The hold is lifted." "رُفع الإيقاف.";
    done_prolonged "It is kept longer." "مُدّد حفظه.";
    fact_preservation_changed
        "Preserved content: changed or looked at"
        "محتوى محفوظ: تغيير أو اطلاع";
}
filled {
    access_until(at) "Until {at}" "حتى {at}";
}
}
