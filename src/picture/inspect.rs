//! What a picture file is, by its own headers: read once and in one pass, before memory is taken for anything that it promises.
//!
//! JPEG and PNG are decoded here where the result is right in every browser alike. What the decoders here would get wrong, or do not
//! know, is named, so that the page can ask the browser's own decoder for it.

use super::error::{MAX_PIXELS, PictureError};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
/// The largest picture of 16 bits a channel, as it lies open before it is narrowed: as much as one of 8 bits may take.
const MAX_BYTES: u64 = 4 * MAX_PIXELS;
/// Pixels times scans of a progressive JPEG: each scan goes over the whole picture.
const MAX_SCANNED: u64 = 20 * MAX_PIXELS;
/// The longest EXIF block that is read.
const MAX_EXIF: usize = 1 << 16;
/// How PNG writes the gamma of sRGB, give or take what programs round.
const SRGB_GAMMA: std::ops::RangeInclusive<u32> = 45_000..=46_000;
/// How PNG writes the white point and the primaries of sRGB, and how far apart others may be and count as the same.
const SRGB_PLACES: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
const NEAR: u32 = 300;

/// A file that is decoded here.
pub enum Inspected<'a> {
    Jpeg(&'a [u8]),
    /// The file without the chunks that no decoder here needs: text, profiles and animation may be packed to any size.
    Png(Vec<u8>),
}

/// # Errors
/// Any [`PictureError`] but [`PictureError::NoInk`].
pub fn inspected(bytes: &[u8]) -> Result<Inspected<'_>, PictureError> {
    if let Some(chunks) = bytes.strip_prefix(PNG) {
        return Ok(Inspected::Png(png(chunks)?));
    }
    if bytes.starts_with(JPEG) {
        jpeg(bytes)?;
        return Ok(Inspected::Jpeg(bytes));
    }
    Err(match format(bytes) {
        Some(name) => PictureError::Elsewhere(name.to_owned()),
        None if bytes.is_empty() => PictureError::unreadable("the file is empty"),
        None => PictureError::unreadable("it is of no kind that is known"),
    })
}

/// The name of a format that is not decoded here.
fn format(bytes: &[u8]) -> Option<&'static str> {
    let at = |start: usize, wanted: &[u8]| bytes.get(start..).is_some_and(|rest| rest.starts_with(wanted));
    if at(4, b"ftyp") {
        return match bytes.get(8..12)? {
            b"avif" | b"avis" => Some("an AVIF picture"),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" => Some("an HEIC picture"),
            _ => Some("a video"),
        };
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = &text[..text.len().min(1024)];
    let has_svg = begins.windows(4).any(|four| four == b"<svg");
    let known: [(bool, &'static str); 9] = [
        (at(0, b"RIFF") && at(8, b"WEBP"), "a WebP picture"),
        (at(0, b"GIF8"), "a GIF picture"),
        (at(0, b"BM"), "a BMP picture"),
        (at(0, b"II*\0") || at(0, b"MM\0*"), "a TIFF or raw picture"),
        (at(0, b"\xff\x0a") || at(4, b"JXL "), "a JPEG XL picture"),
        (at(4, b"jP  "), "a JPEG 2000 picture"),
        (at(0, b"8BPS"), "a Photoshop picture"),
        (at(0, b"%PDF"), "a PDF"),
        (begins.starts_with(b"<") && has_svg, "an SVG drawing"),
    ];
    known.iter().find(|(is, _)| *is).map(|(_, name)| *name)
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Refuses what is too large to be held.
fn bounded(width: u32, height: u32, bytes: u64) -> Result<u64, PictureError> {
    if width == 0 || height == 0 {
        return Err(PictureError::unreadable("it has no pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    if pixels * bytes > MAX_BYTES {
        return Err(PictureError::TooDeep { width, height });
    }
    Ok(pixels)
}

/// The chunks of a PNG that are decoded.
fn png(mut chunks: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut kept = PNG.to_vec();
    let (mut is_whole, mut has_pixels) = (false, false);
    let (mut is_srgb, mut gamma, mut places, mut profile) = (false, None, None, false);
    while let Some((head, rest)) = chunks.split_at_checked(8) {
        let (length, kind) = (big_endian(&head[..4]) as usize, &head[4..]);
        let Some((chunk, after)) = length.checked_add(4).and_then(|length| rest.split_at_checked(length))
        else {
            has_pixels |= kind == b"IDAT";
            break;
        };
        let data = &chunk[..length];
        let is_first = kept.len() == PNG.len();
        match (kind, data) {
            (b"IHDR", [size @ .., depth, colour, _, _, _]) if is_first && size.len() == 8 => {
                let channels = [1, 0, 3, 4, 2, 0, 4].get(usize::from(*colour)).copied().unwrap_or_default();
                let bytes = channels * u64::from(depth.div_ceil(8).max(1));
                bounded(big_endian(&size[..4]), big_endian(&size[4..]), bytes)?;
            }
            _ if is_first => return Err(PictureError::unreadable("its header is not the first of it")),
            // The decoder takes three bytes for each colour, and stops the program where there are fewer.
            (b"PLTE", _) if !(3..=768).contains(&length) || !length.is_multiple_of(3) => {
                return Err(PictureError::Unreadable(format!("its palette has {length} bytes")));
            }
            (b"IDAT", _) => has_pixels = true,
            (b"IEND", _) => is_whole = true,
            (b"sRGB", _) => is_srgb = true,
            (b"gAMA", [_, _, _, _]) => gamma = Some(big_endian(data)),
            (b"cHRM", _) if length == 32 => places = Some(data),
            (b"iCCP", _) => profile |= !data.starts_with(b"sRGB"),
            (b"cICP", [primaries, transfer, ..]) => profile |= (*primaries, *transfer) != (1, 13),
            _ => {}
        }
        let is_kept = match kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => true,
            b"eXIf" => length <= MAX_EXIF,
            _ => false,
        };
        if is_kept {
            kept.extend_from_slice(head);
            kept.extend_from_slice(chunk);
        }
        chunks = after;
        if is_whole {
            break;
        }
    }
    if !has_pixels {
        return Err(PictureError::unreadable("it breaks off before its first pixel"));
    }
    if !is_whole {
        return Err(PictureError::Cut);
    }
    let named = |what: &str| Err(PictureError::Elsewhere(format!("a PNG with {what}")));
    let others = |places: &[u8]| {
        let apart = |(bytes, place): (&[u8], u32)| big_endian(bytes).abs_diff(place) > NEAR;
        places.chunks_exact(4).zip(SRGB_PLACES).any(apart)
    };
    match gamma {
        _ if profile => named("a colour profile of its own"),
        Some(gamma) if !is_srgb && !SRGB_GAMMA.contains(&gamma) => named("a gamma of its own"),
        Some(_) if !is_srgb && places.is_some_and(others) => named("primaries of its own"),
        _ => Ok(kept),
    }
}

/// What a JPEG's markers say.
#[derive(Default)]
struct Frame {
    /// The last byte of the marker.
    kind: u8,
    precision: u8,
    size: [u32; 2],
    /// How often each component is sampled, across and down.
    sampling: Vec<(u8, u8)>,
    scans: u64,
    is_whole: bool,
    has_profile: bool,
}

fn jpeg(bytes: &[u8]) -> Result<(), PictureError> {
    let frame = markers(bytes)?;
    let [height, width] = frame.size;
    if frame.kind == 0 || frame.scans == 0 {
        return Err(PictureError::unreadable("it breaks off before its first pixel"));
    }
    let named = |what: &str| Err(PictureError::Elsewhere(format!("a JPEG {what}")));
    if height == 0 && width > 0 {
        return named("that tells its height at its end");
    }
    let pixels = bounded(width, height, 1)?;
    if pixels * frame.scans > MAX_SCANNED {
        return Err(PictureError::TooLarge { width, height });
    }
    if !frame.is_whole {
        return Err(PictureError::Cut);
    }
    // Colour at full size, brightness as often or twice as often: the decoder here gets others wrong.
    let usual = match &frame.sampling[..] {
        [_] => true,
        [(1 | 2, 1 | 2), others @ ..] => others.len() >= 2 && others.iter().all(|one| *one == (1, 1)),
        _ => false,
    };
    match frame.kind {
        0xc9..=0xcf => named("with arithmetic coding"),
        0xc3 | 0xc5..=0xc7 => named("that is lossless or hierarchical"),
        _ if frame.precision != 8 => named(&format!("of {} bits a channel", frame.precision)),
        0xc0 | 0xc1 if frame.scans > 1 => named("in several scans"),
        _ if !usual => named("with unusual sampling"),
        _ if frame.has_profile => named("with a colour profile of its own"),
        _ => Ok(()),
    }
}

/// Walks over the markers up to the end of the picture; what follows it is not looked at.
fn markers(bytes: &[u8]) -> Result<Frame, PictureError> {
    let mut frame = Frame::default();
    let mut rest = &bytes[2..];
    loop {
        let Some(next) = rest.iter().position(|byte| *byte == 0xff) else { return Ok(frame) };
        let after = &rest[next..];
        let Some(fill) = after.iter().position(|byte| *byte != 0xff) else { return Ok(frame) };
        let kind = after[fill];
        rest = &after[fill + 1..];
        // Markers without a length; 0 stands for a byte of the pixels.
        if matches!(kind, 0x00 | 0x01 | 0xd0..=0xd8) {
            continue;
        }
        if kind == 0xd9 {
            frame.is_whole = true;
            return Ok(frame);
        }
        let length = rest.first_chunk().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
        let Some(segment) = rest.get(2..length) else { return Ok(frame) };
        rest = &rest[length..];
        match (kind, segment) {
            (0xc4 | 0xc8 | 0xcc, _) => {}
            (0xc0..=0xcf, [precision, size @ ..]) if size.len() >= 5 => {
                if frame.kind != 0 {
                    return Err(PictureError::Elsewhere("a JPEG of several frames".to_owned()));
                }
                let (size, components) = size.split_at(4);
                let sampling = components[1..].chunks_exact(3).map(|one| (one[1] >> 4, one[1] & 15));
                frame.sampling = sampling.take(usize::from(components[0])).collect();
                frame.size = [big_endian(&size[..2]), big_endian(&size[2..])];
                (frame.kind, frame.precision) = (kind, *precision);
            }
            (0xda, _) => frame.scans += 1,
            (0xe2, _) => {
                // Profiles of sRGB are left out: that is what a picture without one is.
                let is_profile = segment.starts_with(b"ICC_PROFILE\0");
                let says = |name: &[u8]| segment.windows(name.len()).any(|part| part == name);
                frame.has_profile |= is_profile && !says(b"sRGB") && !says(b"s\0R\0G\0B");
            }
            _ => {}
        }
    }
}
