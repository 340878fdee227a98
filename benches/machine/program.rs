//! The programs, and what each is compared with.

/// A program of `programs/`, in every language that has the means for it.
pub struct Program {
    /// The stem of its files.
    pub name: &'static str,
    /// What it is compared with.
    pub peer: Peer,
}

/// What a program is compared with, which is also what its mean is taken over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Lua, over numbers in registers and lists.
    Numbers,
    /// Lua, over texts, records, maps and closures.
    Data,
    /// Python's `decimal`.
    Decimals,
}

impl Peer {
    /// The engine that everything is in proportion to.
    pub fn engine(self) -> &'static str {
        match self {
            Self::Numbers | Self::Data => "lua5.4",
            Self::Decimals => "python3",
        }
    }

    /// What the mean is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Numbers => "numbers, geometric mean",
            Self::Data => "data, geometric mean",
            Self::Decimals => "decimals",
        }
    }
}

/// All programs.
pub const PROGRAMS: &[Program] = &[
    Program { name: "fib", peer: Peer::Numbers },
    Program { name: "loop", peer: Peer::Numbers },
    Program { name: "sieve", peer: Peer::Numbers },
    Program { name: "nbody", peer: Peer::Numbers },
    Program { name: "spectral", peer: Peer::Numbers },
    Program { name: "mandelbrot", peer: Peer::Numbers },
    Program { name: "fannkuch", peer: Peer::Numbers },
    Program { name: "trees", peer: Peer::Data },
    Program { name: "strings", peer: Peer::Data },
    Program { name: "words", peer: Peer::Data },
    Program { name: "records", peer: Peer::Data },
    Program { name: "orders", peer: Peer::Data },
    Program { name: "closures", peer: Peer::Data },
    Program { name: "sales", peer: Peer::Data },
    Program { name: "decimals", peer: Peer::Decimals },
];
