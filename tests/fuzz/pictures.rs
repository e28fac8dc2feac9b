//! Picture files: good ones with a few bytes changed. The checksums of a PNG are written anew, so that what lies behind them is reached.

use glimpse::picture::{Photo, ink};

use crate::Kind;
use crate::chance::Chance;
use crate::support::root;

pub struct Pictures(Vec<Vec<u8>>);

/// The small pictures of tests/data.
pub fn small() -> Vec<Vec<u8>> {
    let folders = ["tests/data/pictures", "tests/data/broken"];
    let files =
        folders.into_iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).expect("a folder"));
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let is_picture = |bytes: &Vec<u8>| bytes.starts_with(b"\xff\xd8") || bytes.starts_with(b"\x89PNG");
    // Those of a million pixels take their time.
    paths.retain(|path| !["thin", "wide", "tall"].iter().any(|name| path.to_string_lossy().contains(name)));
    paths.iter().map(|path| std::fs::read(path).expect("a file")).filter(is_picture).collect()
}

impl Pictures {
    pub fn new() -> Self {
        Self(small())
    }
}

/// A PNG with the checksums that its chunks should have.
fn mended(png: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = png.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at + 8 + length;
        if png.len() < end.saturating_add(4) {
            return;
        }
        let shift = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        let crc = !png[at + 4..end].iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift));
        png[end..end + 4].copy_from_slice(&crc.to_be_bytes());
        at = end + 4;
    }
}

impl Kind for Pictures {
    fn name(&self) -> &'static str {
        "picture"
    }

    fn share(&self) -> f64 {
        0.25
    }

    fn made(&mut self, chance: &mut Chance) -> Vec<u8> {
        let other = chance.below(self.0.len());
        let good = chance.below(self.0.len());
        let mut made = chance.changed(&self.0[good], &self.0[other]);
        if made.starts_with(b"\x89PNG") && !chance.one_in(5) {
            mended(&mut made);
        }
        // A JPEG that ends is not taken for one that is cut.
        if made.starts_with(b"\xff\xd8") && !chance.one_in(3) {
            made.extend([0xff, 0xd9]);
        }
        made
    }

    fn feed(&mut self, case: &[u8]) -> bool {
        let Ok(photo) = Photo::decode(case) else { return false };
        assert_eq!(photo.rgb.len(), 3 * photo.width * photo.height);
        assert_eq!(photo.normalised(56).len(), 3 * 56 * 56);
        let small = photo.at_most(64);
        let _ = ink::on_canvas(&small, 28, 20);
        true
    }

    fn renewed(&mut self) {}
}
