//! Time series.

use super::Template;

templates! {
    "series":
    "series_anomalies": "Anomalies of a series", "Stretches and moments that are not normal.",
        ["intervals", "moments", "industry"],
        "Compare with the same hours of the days before. A gap in the data is no anomaly: mark it as a gap. A spike is a moment: one click.";
    "ecg": "Heart beats", "Beats and rhythms of an ECG.",
        ["intervals", "moments", "medical"],
        "Set the moment on the top of the R wave. This is no diagnosis.";
}
