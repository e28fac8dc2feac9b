//! Pixels in and out: decode, orientation, resize, normalise, colour map, heatmap.

pub mod colour;
mod error;
pub mod heat;
pub mod ink;
mod inspect;
mod resize;

use std::io::Cursor;

pub use error::{MAX_PIXELS, PictureError};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits, RgbImage};
use inspect::{Inspected, inspected};
pub use resize::resized;

/// What decoding may take beside the picture itself, in bytes.
const MAX_ALLOC: u64 = 512 << 20;

/// An upright picture without transparency: RGB, row-major, three bytes a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

impl Photo {
    /// Decodes a JPEG or PNG, turned upright by its EXIF orientation, over white.
    ///
    /// # Errors
    /// [`PictureError::TooLarge`] above [`MAX_PIXELS`], found from the header before memory is taken; [`PictureError::Elsewhere`]
    /// and [`PictureError::Cut`] for what is left to the browser; [`PictureError::Unreadable`] for anything that is no picture.
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        match inspected(bytes)? {
            Inspected::Jpeg(bytes) => Self::decoded(JpegDecoder::new(Cursor::new(bytes))),
            Inspected::Png(bytes) => {
                let mut limits = Limits::default();
                limits.max_alloc = Some(MAX_ALLOC);
                Self::decoded(PngDecoder::with_limits(Cursor::new(bytes), limits))
            }
        }
    }

    fn decoded(decoder: Result<impl ImageDecoder, ImageError>) -> Result<Self, PictureError> {
        let unreadable = |error: ImageError| PictureError::Unreadable(error.to_string());
        let mut decoder = decoder.map_err(unreadable)?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
        let (width, height) = (image.width(), image.height());
        let rgb = if image.color().has_alpha() {
            Self::over_white(width as usize, height as usize, image.into_rgba8().as_raw())?.rgb
        } else {
            image.into_rgb8().into_raw()
        };
        // Turned last, when it takes three bytes a pixel, whatever it took in the file.
        let upright = RgbImage::from_raw(width, height, rgb);
        let upright = upright.ok_or_else(|| PictureError::unreadable("it has fewer pixels than it says"))?;
        let mut upright = DynamicImage::from(upright);
        upright.apply_orientation(orientation);
        let (width, height) = (upright.width() as usize, upright.height() as usize);
        Ok(Self { width, height, rgb: upright.into_rgb8().into_raw() })
    }

    /// From RGBA, four bytes a pixel, laid over white.
    ///
    /// # Errors
    /// [`PictureError::Unreadable`] if the picture is empty or `rgba` does not hold `width`×`height` pixels.
    pub fn over_white(width: usize, height: usize, rgba: &[u8]) -> Result<Self, PictureError> {
        if rgba.is_empty() || width.checked_mul(height).and_then(|n| n.checked_mul(4)) != Some(rgba.len()) {
            let why = format!("{} bytes are no {width}×{height} pixels", rgba.len());
            return Err(PictureError::Unreadable(why));
        }
        if rgba.len() as u64 / 4 > MAX_PIXELS {
            return Err(PictureError::TooLarge { width: width as u32, height: height as u32 });
        }
        let over = |colour: u8, alpha: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let pixels = rgba.chunks_exact(4);
        let rgb = pixels.flat_map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]).collect();
        Ok(Self { width, height, rgb })
    }

    /// The picture with its longer side at most `longest` pixels, never enlarged.
    pub fn at_most(&self, longest: usize) -> Self {
        let side = self.width.max(self.height);
        if side <= longest {
            return self.clone();
        }
        let fit = |length: usize| ((length * longest + side / 2) / side).max(1);
        let (width, height) = (fit(self.width), fit(self.height));
        let small = resized(&self.rgb, (self.width, self.height), (width, height), 3);
        Self { width, height, rgb: small.iter().map(|v| v.round() as u8).collect() }
    }

    /// The picture squashed to `side`×`side`, channel by channel [3, side, side], each value (v − 127) / 128: what the
    /// captioner's encoder was trained on.
    pub fn normalised(&self, side: usize) -> Vec<f32> {
        let small = resized(&self.rgb, (self.width, self.height), (side, side), 3);
        let channel = |c: usize| small.iter().skip(c).step_by(3).map(|v| (v - 127.0) / 128.0);
        (0..3).flat_map(channel).collect()
    }

    /// Opaque RGBA, four bytes a pixel.
    pub fn rgba(&self) -> Vec<u8> {
        self.rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
    }

    /// Lightness [height, width] in 0..1 (Rec. 601).
    pub fn grey(&self) -> Vec<f32> {
        let lightness =
            |p: &[u8]| (0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2])) / 255.0;
        self.rgb.chunks_exact(3).map(lightness).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ExtendedColorType, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    }

    fn halves() -> DynamicImage {
        let colour = |x: u32, _| if x < 8 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) };
        RgbImage::from_fn(16, 8, colour).into()
    }

    /// A JPEG with an EXIF segment that holds nothing but this orientation.
    fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let exif = [
            &b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..],
            &[orientation, 0, 0, 0, 0, 0, 0],
        ]
        .concat();
        let length = u8::try_from(exif.len() + 2).expect("a short segment");
        [&jpeg[..2], &[0xff, 0xe1, 0, length], &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn every_format_is_read() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let photo =
                Photo::decode(&encoded(&halves(), format)).unwrap_or_else(|e| panic!("{format:?}: {e}"));
            assert_eq!((photo.width, photo.height), (16, 8), "{format:?}");
            let (left, right) = (&photo.rgb[3..6], &photo.rgb[42..45]);
            assert!(left[0] > 200 && left[2] < 60, "{format:?} {left:?}");
            assert!(right[2] > 200 && right[0] < 60, "{format:?} {right:?}");
        }
    }

    #[test]
    fn a_photo_stands_upright() {
        let jpeg = encoded(&halves(), ImageFormat::Jpeg);
        let photo = Photo::decode(&turned(&jpeg, 6)).expect("decodes");
        assert_eq!((photo.width, photo.height), (8, 16));
        assert!(photo.rgb[0] > 200, "the red half lies on top");
        assert!(photo.rgb[photo.rgb.len() - 1] > 200, "the blue half lies below");
    }

    #[test]
    fn what_is_clear_shows_white() {
        let image = RgbaImage::from_fn(2, 1, |x, _| Rgba([0, 0, 0, if x == 0 { 0 } else { 255 }]));
        let photo = Photo::decode(&encoded(&image.into(), ImageFormat::Png)).expect("decodes");
        assert_eq!(photo.rgb, [255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let png = encoded(&halves(), ImageFormat::Png);
        let cases: [(&str, &[u8]); 4] = [
            ("empty", &[]),
            ("text", b"Dear model, what do you see?"),
            ("zeros", &[0; 99]),
            ("cut", &png[..50]),
        ];
        for (what, bytes) in cases {
            let refused = Photo::decode(bytes);
            let is_cut = what == "cut" && refused == Err(PictureError::Cut);
            assert!(is_cut || matches!(refused, Err(PictureError::Unreadable(_))), "{what}: {refused:?}");
        }
    }

    #[test]
    fn a_giant_is_refused_from_its_header() {
        let mut png = encoded(&halves(), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
        let checksum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(Photo::decode(&png), Err(PictureError::TooLarge { width: 12_000, height: 12_000 }));
    }

    /// The checksum of a PNG chunk, bit by bit.
    fn crc32(bytes: &[u8]) -> u32 {
        let shift = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift))
    }

    #[test]
    fn a_drawing_of_the_wrong_size_is_refused() {
        for (width, height, bytes) in [(2, 2, 15), (0, 0, 0), (usize::MAX, 2, 16)] {
            assert!(Photo::over_white(width, height, &vec![0; bytes]).is_err());
        }
    }

    #[test]
    fn the_longer_side_is_kept_within_bounds() {
        let photo = Photo { width: 40, height: 10, rgb: vec![77; 1200] };
        let small = photo.at_most(20);
        assert_eq!((small.width, small.height), (20, 5));
        assert!(small.rgb.iter().all(|v| *v == 77));
        assert_eq!(photo.at_most(40), photo);
    }

    #[test]
    fn the_encoder_gets_channels_apart() {
        let photo = Photo { width: 1, height: 1, rgb: vec![255, 127, 0] };
        let values = photo.normalised(2);
        assert_eq!(values.len(), 12);
        assert_eq!([values[0], values[4], values[8]], [1.0, 0.0, -127.0 / 128.0]);
    }

    #[test]
    fn sixteen_bits_are_read() {
        let mut bytes = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        image::ImageEncoder::write_image(encoder, &[0xff; 6], 1, 1, ExtendedColorType::Rgb16)
            .expect("encodes");
        assert_eq!(Photo::decode(&bytes).expect("decodes").rgb, [255, 255, 255]);
    }
}
