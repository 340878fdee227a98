//! Any bytes are a text for the lexer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| taskc::fuzzing::lexer(text));
