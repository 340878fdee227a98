//! Any bytes are a text for the checker.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| taskc::fuzzing::checker(text));
