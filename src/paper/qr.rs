//! QR codes, drawn as vectors so that they stay sharp at any size.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The code of a text as an SVG picture; `None` when it is too long for one.
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<svg::Color>().quiet_zone(true).min_dimensions(200, 200).build())
}
