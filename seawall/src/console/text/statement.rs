//! The words of statements.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    statements "Statements to the person" "البيانات الموجهة إلى الشخص";
    statement_restriction "Statement of reasons" "بيان الأسباب";
    statement_order "Information about an order" "إعلام بأمر سلطة";
    statement_reversal "Notice of reversal" "إشعار بالنقض";
    statement_as_told "As the person reads it" "كما يقرؤه الشخص";
    statement_as_checked "In another language" "بلغة أخرى";
    fact_statement_made "Statement made" "كُتب بيان";
    fact_statement_delivered "Statement delivered" "سُلِّم بيان";
    fact_statement_dead_lettered "Statement given up" "أُوقف تسليم بيان";
    fact_statement_redelivered "Statement sent again" "أُعيد إرسال بيان";
    fact_submission_queued "Statement to be submitted" "بيان ينتظر الإيداع";
    fact_submission_taken "Statement submitted" "أُودع بيان";
    fact_submission_refused "Submission given up" "أُوقف إيداع بيان";
    fact_submission_repeated "Submission tried again" "أُعيدت محاولة إيداع بيان";
}
filled {
    statement_held(until) "Held back by an authority until {until}; it then goes by itself."
        "موقوف بطلب من سلطة حتى {until}، ثم يُرسل من تلقاء نفسه.";
}}
