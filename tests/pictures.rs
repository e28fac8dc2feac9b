//! Odd and broken pictures (tests/data/pictures): what is decoded here, what is left to the browser, and what is refused.

mod support;

use std::fs;

use glimpse::picture::{Photo, PictureError};
use support::read;

const HERE: [&str; 27] = [
    "alpha.png",
    "apng.png",
    "baseline-420.jpg",
    "cmyk.jpg",
    "exif-1.jpg",
    "exif-2.jpg",
    "exif-3.jpg",
    "exif-4.jpg",
    "exif-5.jpg",
    "exif-6.jpg",
    "exif-7.jpg",
    "exif-8.jpg",
    "exif-broken.jpg",
    "grey-16bit.png",
    "grey.jpg",
    "one-bit.png",
    "one-pixel.png",
    "palette-transparent.png",
    "progressive-422.jpg",
    "restart-440.jpg",
    "rgb-coded.jpg",
    "scene.png",
    "thin-1x1000000.png",
    "thin-1x5000000.png",
    "trailing-bytes.jpg",
    "wide-3000000x1.png",
    "wide-turned.jpg",
];

/// What is said of the others.
const ELSEWHERE: [(&str, &str); 16] = [
    ("adobe-rgb.jpg", "a JPEG with a colour profile"),
    ("adobe-rgb.png", "a PNG with a colour profile"),
    ("alpha.webp", "a WebP picture"),
    ("animated.gif", "a GIF picture"),
    ("animated.webp", "a WebP picture"),
    ("arithmetic.jpg", "arithmetic coding"),
    ("bomb-60000x60000.png", "at most 50"),
    ("cut.jpg", "the file is cut"),
    ("cut.png", "the file is cut"),
    ("empty.png", "the file is empty"),
    ("gama-linear.png", "a gamma of its own"),
    ("luma-subsampled.jpg", "unusual sampling"),
    ("multiscan-420.jpg", "in several scans"),
    ("page-named.png", "of no kind that is known"),
    ("scene.avif", "an AVIF picture"),
    ("scene.tiff", "a TIFF or raw picture"),
];

fn file(name: &str) -> Vec<u8> {
    let path = format!("tests/data/pictures/{name}");
    // A JPEG of one row, turned upright: 60,000 rows of one pixel.
    if name == "wide-turned.jpg" { turned_row() } else { read(path) }
}

/// A grey JPEG of 60,000×1 pixels that stands on its side.
fn turned_row() -> Vec<u8> {
    use image::ImageEncoder;
    let mut jpeg = Vec::new();
    let grey: Vec<u8> = (0..60_000u32).map(|x| (x / 250) as u8).collect();
    let encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
    encoder.write_image(&grey, 60_000, 1, image::ExtendedColorType::L8).expect("encodes");
    let exif = [&b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"[..]].concat();
    [&jpeg[..2], &[0xff, 0xe1, 0, exif.len() as u8 + 2], &exif, &jpeg[2..]].concat()
}

#[test]
fn what_is_decoded_here_has_all_its_pixels() {
    for name in HERE {
        let photo = Photo::decode(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(photo.rgb.len(), 3 * photo.width * photo.height, "{name}");
        assert_eq!(photo.normalised(8).len(), 3 * 64, "{name}");
    }
    assert_eq!(
        Photo::decode(&file("wide-turned.jpg")).map(|photo| (photo.width, photo.height)),
        Ok((1, 60_000))
    );
}

#[test]
fn what_is_not_is_named() {
    for (name, words) in ELSEWHERE {
        let refused = Photo::decode(&file(name)).expect_err(name);
        assert!(refused.to_string().contains(words), "{name}: {refused}");
        assert_eq!(refused == PictureError::Cut, name.starts_with("cut"), "{name}");
    }
}

#[test]
fn every_file_is_told_of() {
    let names = fs::read_dir(support::root().join("tests/data/pictures")).expect("a folder");
    for name in names.map(|file| file.expect("a file").file_name().into_string().expect("a name")) {
        let browser = ["48mp.jpg.gz", "59mp.jpg.gz", "scene.bmp", "scene.svg"].contains(&name.as_str());
        let told = HERE.contains(&name.as_str()) || ELSEWHERE.iter().any(|(one, _)| *one == name);
        assert!(told || browser, "{name} is in no list");
    }
}

/// A PNG of one chunk more, after its header.
fn with_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let png = file("scene.png");
    let mut chunk = [&(data.len() as u32).to_be_bytes()[..], kind, data].concat();
    let shift = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let crc = !chunk[4..].iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift));
    chunk.extend(crc.to_be_bytes());
    [&png[..33], &chunk, &png[33..]].concat()
}

#[test]
fn metadata_neither_takes_memory_nor_changes_the_picture() {
    let plain = Photo::decode(&file("scene.png")).expect("a picture");
    let kinds: [(&[u8; 4], &[u8]); 6] = [
        (b"gAMA", &45_455_u32.to_be_bytes()),
        (b"sRGB", &[0]),
        (b"iCCP", b"sRGB\0\0not even packed"),
        (b"tEXt", &[b'x'; 100_000]),
        (b"zTXt", b"Comment\0\0\x78\x9c broken"),
        (b"acTL", &[0xff; 8]),
    ];
    for (kind, data) in kinds {
        assert_eq!(Photo::decode(&with_chunk(kind, data)).as_ref(), Ok(&plain), "{kind:?}");
    }
    let others: [(&[u8; 4], &[u8], &str); 4] = [
        (b"gAMA", &100_000_u32.to_be_bytes(), "gamma"),
        (b"iCCP", b"Display P3\0\0packed", "profile"),
        (b"cICP", &[9, 16, 0, 1], "profile"),
        (b"PLTE", &[0; 4], "its palette has 4 bytes"),
    ];
    for (kind, data, words) in others {
        let refused = Photo::decode(&with_chunk(kind, data)).expect_err(words);
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[test]
fn a_picture_of_sixteen_bits_takes_no_more_memory_than_one_of_eight() {
    let mut png = file("grey-16bit.png");
    png[16..24].copy_from_slice(&[0, 0, 0x13, 0x88, 0, 0, 0x13, 0x88]);
    (png[24], png[25]) = (16, 6);
    let refused =
        Photo::decode(&png).expect_err("25 megapixels of 8 bytes would be read, these are of one more row");
    let is_bound = matches!(refused, PictureError::Unreadable(_));
    assert!(is_bound, "{refused}");
    png[23] = 0x89;
    assert_eq!(Photo::decode(&png), Err(PictureError::TooDeep { width: 5000, height: 5001 }));
}
