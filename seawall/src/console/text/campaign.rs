//! The words of what studies of campaigns found in wide windows, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    basis_gathering "The same company again and again" "الجماعة نفسها مرة بعد مرة";
    gatherings "The same company in wide windows" "الجماعة نفسها في النوافذ الواسعة";
    gatherings_says
        "Within many minutes interest alone brings people together, and moving their posts a \
        little shows nothing. Here accounts are compared with all who were about: groups that \
        came together on one thing after another, where hardly anybody else did."
        "في مدى دقائق كثيرة يجمع الاهتمام وحده الناس، ولا يبيّن تحريك منشوراتهم قليلًا شيئًا. هنا \
        تُقارن الحسابات بكل من كان حاضرًا: جماعات التقت على أمر تلو أمر حيث لم يكد يلتقي غيرها.";
    gatherings_many "Gatherings" "التجمعات";
}
filled {
    evidence_company(times, others, expected, q)
        "In a study of campaigns this account came together with {others} other accounts {times} \
        times; chance explains {expected} (q-value {q}). Coordination by itself is no violation."
        "في دراسة للحملات التقى هذا الحساب {times} مرة مع {others} من الحسابات الأخرى؛ والمتوقع \
        بالصدفة {expected} (قيمة q ‏{q}). والتنسيق في ذاته ليس مخالفة.";
    explained_timetable(days, from, minutes)
        "Came together once a day at the same time, on {days} days: within {minutes} min of \
        {from} UTC"
        "التقت مرة في اليوم في الوقت نفسه، في {days} من الأيام: خلال {minutes} د من {from} \
        بالتوقيت العالمي";
    explained_audience(account)
        "Nearly all they passed on was written by one account, which they may simply read: \
        {account}"
        "كل ما أعادت نشره تقريبًا كتبه حساب واحد ربما تقرؤه فحسب: {account}";
}}
