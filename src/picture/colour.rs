//! Colour maps.

/// 17 anchors each of matplotlib's tables, linear between them: at most two levels of 255 from the full table. The page holds the same
/// anchors, since it paints recorded runs before the core is there; a browser test compares the two.
const ANCHORS: [(&str, &str); 4] = [
    (
        "viridis",
        "44015448186a472d7b4240863b528b33638d2c728e26828e21918c1f9f8827ad813dbc745cc86381d34daadc32d5e21afde725",
    ),
    (
        "magma",
        "0000040a08221d114736106b51127c6a1c818326819c2e7fb73779cf4070e55064f4695cfb8761fea571fec287fde0a1fcfdbf",
    ),
    (
        "cividis",
        "00224e002e6a1a386f32436d434e6c535a6d61656f6f70737d7c788b87789a9376aaa073bbad6dccba64ddc858efd748fee838",
    ),
    (
        "turbo",
        "30123b4040a2466be34294ff28bceb18ddc232f2986dfe62a4fc3ccbed34ecd13afdae35fb8122ec530fd23105ac17017a0403",
    ),
];
const SPANS: f32 = 16.0;

/// A way to show a number as a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct ColourMap([[f32; 3]; 17]);

impl ColourMap {
    /// `viridis`, `magma`, `cividis` or `turbo`.
    pub fn named(name: &str) -> Option<Self> {
        let (_, hex) = ANCHORS.iter().find(|(known, _)| *known == name)?;
        let byte = |at: usize| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok().map(f32::from);
        let mut anchors = [[0.0; 3]; 17];
        for (i, anchor) in anchors.iter_mut().enumerate() {
            *anchor = [byte(3 * i)?, byte(3 * i + 1)?, byte(3 * i + 2)?];
        }
        Some(Self(anchors))
    }

    /// The colours of 0, 1/16, 2/16, … 1: [17, 3] in 0..255.
    pub fn anchors(&self) -> &[[f32; 3]] {
        &self.0
    }

    /// The colour of a value in 0..1, in 0..255 and not yet rounded; what lies outside takes the nearest end.
    pub fn shade(&self, value: f32) -> [f32; 3] {
        let place = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) * SPANS };
        let low = (place as usize).min(15);
        let part = place - low as f32;
        let (from, to) = (self.0[low], self.0[low + 1]);
        std::array::from_fn(|c| from[c] + part * (to[c] - from[c]))
    }

    /// The colour of a value at one of 256 levels of 0..1; what lies outside takes the nearest end.
    pub fn colour(&self, value: f32) -> [u8; 3] {
        let level = (value.clamp(0.0, 1.0) * 255.0).round();
        self.shade(level / 255.0).map(|channel| channel.round() as u8)
    }

    /// Opaque RGBA of many values.
    pub fn rgba(&self, values: &[f32]) -> Vec<u8> {
        let opaque = |value: &f32| {
            let [r, g, b] = self.colour(*value);
            [r, g, b, 255]
        };
        values.iter().flat_map(opaque).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_middles() {
        let cases = [
            ("viridis", 0.0, [0x44, 0x01, 0x54]),
            ("viridis", 1.0, [0xfd, 0xe7, 0x25]),
            ("magma", -3.0, [0x00, 0x00, 0x04]),
            ("cividis", 7.0, [0xfe, 0xe8, 0x38]),
            ("turbo", f32::NAN, [0x30, 0x12, 0x3b]),
        ];
        for (name, value, colour) in cases {
            assert_eq!(ColourMap::named(name).expect("known").colour(value), colour, "{name} of {value}");
        }
        assert_eq!(ColourMap::named("jet"), None);
    }

    #[test]
    fn lightness_of_viridis_never_falls() {
        let map = ColourMap::named("viridis").expect("known");
        let light = |v: u32| {
            let [r, g, b] = map.colour(v as f32 / 255.0).map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        assert!((1..256).all(|v| light(v) >= light(v - 1) - 0.6));
    }
}
