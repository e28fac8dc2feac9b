use std::fmt;

/// The largest picture that is decoded: what the best phones take, and 150 MB once it lies open.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Why a picture could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// The bytes are no picture of a kind that is read.
    Unreadable(String),
    /// The file breaks off; a browser may show what there is of it.
    Cut,
    /// The file is of this kind, which only a browser's own decoder reads as it is meant.
    Elsewhere(String),
    /// The picture has more than [`MAX_PIXELS`].
    TooLarge { width: u32, height: u32 },
    /// The same, for a picture whose channels have 16 bits.
    TooDeep { width: u32, height: u32 },
    /// The picture is blank: there is no ink on it.
    NoInk,
}

impl PictureError {
    pub(super) fn unreadable(why: &str) -> Self {
        Self::Unreadable(why.to_owned())
    }
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is no JPEG or PNG picture that can be read ({why})"),
            Self::Cut => write!(f, "the file is cut: its end is missing"),
            Self::Elsewhere(kind) => {
                write!(f, "this is {kind}, which is read only where the browser shows it")
            }
            Self::TooLarge { width, height } | Self::TooDeep { width, height } => {
                let megapixels = f64::from(*width) * f64::from(*height) / 1e6;
                let is_deep = matches!(self, Self::TooDeep { .. });
                let (most, of) = if is_deep { (2, " of 16 bits a channel") } else { (1, "") };
                let most = MAX_PIXELS / 1_000_000 / most;
                write!(f, "{width}×{height} is {megapixels:.0} megapixels, and at most {most}{of} are read")
            }
            Self::NoInk => write!(f, "there is no ink on the picture"),
        }
    }
}

impl std::error::Error for PictureError {}
