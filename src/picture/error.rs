use std::fmt;

/// The largest picture that is decoded: what the best phones take, and 150 MB once it lies open.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Why a picture could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// The bytes are no whole picture of a kind that is read.
    Unreadable(String),
    /// The picture has more than [`MAX_PIXELS`].
    TooLarge { width: u32, height: u32 },
    /// The picture is blank: there is no ink on it.
    NoInk,
}

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is no whole JPEG or PNG picture ({why})"),
            Self::TooLarge { width, height } => {
                let megapixels = f64::from(*width) * f64::from(*height) / 1e6;
                let most = MAX_PIXELS / 1_000_000;
                write!(f, "{width}×{height} is {megapixels:.0} megapixels, and at most {most} are read")
            }
            Self::NoInk => write!(f, "there is no ink on the picture"),
        }
    }
}

impl std::error::Error for PictureError {}
