//! The arguments of every command, with the texts that `--help` shows.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};

/// Checks, runs and serves tasks written in the Task language.
///
/// A .task file says when it runs in its headers and what it does in its statements.
///
///   taskc check                 say what is wrong with every task of this folder
///   taskc test                  run their tests
///   taskc run report.task       run one task now
///   taskc next report.task      show when it is due
///   taskc serve                 run all tasks of this folder on their schedules
///
/// Exit codes: 0 well, 1 the thing asked about is not well, 2 wrong usage or settings, 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "taskc", version, verbatim_doc_comment, disable_help_subcommand = true)]
pub struct Cli {
    /// When to use colours; NO_COLOR is respected
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, hide_possible_values = false)]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Pretty,
    /// One JSON object a line, in a stable shape.
    Json,
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// With the lines of the file and arrows.
    Pretty,
    /// One line each: file:line:column: severity[code]: text.
    Concise,
    /// One JSON object a line.
    Json,
    /// One SARIF 2.1 document.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

/// How reports of tests are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// A line each, and the source around what failed.
    Pretty,
    /// Only what failed, one line each: file:line:column: error[code]: test: what is wrong.
    Concise,
    /// One JSON object a line.
    Json,
    /// One JUnit document.
    Junit,
    /// Annotations of a GitHub workflow.
    Github,
}

/// Declares the commands. What each takes is put together when it is asked for: for all of them, that is a tenth of what a short run takes.
macro_rules! commands {
    ($($about:literal $command:ident($args:ident) $name:literal;)*) => {
        /// The commands.
        #[derive(Debug)]
        pub enum Command {
            $(#[doc = $about] $command($args),)*
        }

        impl Subcommand for Command {
            fn augment_subcommands(app: clap::Command) -> clap::Command {
                app.subcommand_required(true).arg_required_else_help(true)$(.subcommand(
                    clap::Command::new($name)
                        .about($about)
                        .defer(|it| described($args::augment_args(it), $about)),
                ))*
            }

            fn augment_subcommands_for_update(app: clap::Command) -> clap::Command {
                Self::augment_subcommands(app)
            }

            fn has_subcommand(name: &str) -> bool {
                matches!(name, $($name)|*)
            }
        }

        impl FromArgMatches for Command {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($name, its)) => $args::from_arg_matches(its).map(Self::$command),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

/// What a command is for, and behind it, for `--help`, what its arguments' documentation says below its first line.
fn described(command: clap::Command, about: &'static str) -> clap::Command {
    let documented = command.get_long_about().map(ToString::to_string);
    let more = documented.as_deref().and_then(|it| it.split_once("\n\n"));
    let long = more.map(|(_, more)| format!("{about}\n\n{more}"));
    let command = command.about(about);
    match long {
        Some(long) => command.long_about(long),
        None => command.long_about(None),
    }
}

commands! {
    "Make a project that runs: settings, a table, a task and a test" Init(Init) "init";
    "Say what is wrong with tasks, before they run" Check(Check) "check";
    "Bring tasks into the one style" Fmt(Fmt) "fmt";
    "Run one task now, in the foreground" Run(Run) "run";
    "Run the tests of tasks and modules" Test(Test) "test";
    "Run all tasks of a folder on their schedules" Serve(Serve) "serve";
    "Show when tasks are due" Next(Next) "next";
    "Show the ledger: every due time with what became of it" Runs(Runs) "runs";
    "Show what a run printed and logged" Logs(Logs) "logs";
    "Run a task now, on the running server" Trigger(Trigger) "trigger";
    "Stop a run of the running server" Cancel(Cancel) "cancel";
    "Say how a run goes on that is in doubt or held" Settle(Settle) "settle";
    "Let the running server skip what is due" Pause(Names) "pause";
    "Let due times count again, from now on" Resume(Resume) "resume";
    "Run a task for due times that have passed" Backfill(Backfill) "backfill";
    "Show the ledger that a time would bring, without running anything" Simulate(Simulate) "simulate";
    "Explain a diagnostic" Explain(Explain) "explain";
    "Serve an editor: the language server on standard input and output" Lsp(Lsp) "lsp";
    "Write a task's verified bytecode to a file" Build(Build) "build";
    "List a task's bytecode, readably" Dis(Dis) "dis";
    "Print a completion script for a shell" Completions(Completions) "completions";
    "Show the version and what is built in" Version(Version) "version";
}

/// `taskc init`
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to make it in
    #[arg(default_value = ".")]
    pub dir: PathBuf,
}

/// `taskc lsp`
#[derive(Debug, Args)]
pub struct Lsp {
    /// Speak on standard input and output, which is what it always does; editors like to say so
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// `taskc check`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Check {
    /// Files and folders; this folder where none is named
    pub paths: Vec<PathBuf>,
    /// Apply the fixes that are certainly meant
    #[arg(long)]
    pub fix: bool,
    /// Apply the likely fixes, too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Check again whenever a file changes
    #[arg(long)]
    pub watch: bool,
    /// Say of each run of the server in the data folder that has not ended whether these tasks could take it over
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "watch"])]
    pub deployed: bool,
    /// With --deployed: where the server keeps its data; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR", requires = "deployed")]
    pub data: Option<PathBuf>,
    /// The time that findings about clock changes count from, such as 2026-03-01T00:00:00Z; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// How to print; pretty on a terminal, else concise
    #[arg(long, value_enum)]
    pub format: Option<CheckFormat>,
}

/// `taskc fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files and folders; this folder where none is named
    pub paths: Vec<PathBuf>,
    /// Write nothing: name the files that are in another style, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
    /// Format standard input, to standard output
    #[arg(long, conflicts_with = "paths")]
    pub stdin: bool,
}

/// `taskc run`
#[derive(Debug, Args)]
pub struct Run {
    /// The task's file, or bytecode from `taskc build`
    pub file: PathBuf,
    /// The time the run is due, such as 2026-01-31T07:00:00Z; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Start a kept variable with this value (JSON): --set keep.cursor=42
    #[arg(long, value_name = "keep.NAME=VALUE")]
    pub set: Vec<String>,
    /// Where the embedded database is; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc test`
///
/// Each `test "…" { … }` runs in a world of its own: an empty database in memory, files in
/// memory, a clock that stands still, mail that is caught, and a network on which only what the
/// test stubs is answered.
///
///   test "an old order becomes late" {
///     at @2026-03-02T06:00:00Z                             the clock stands here; sleep moves it
///     Order.insert({ email: "ada@example.com", total: 10 })
///     stub http "https://api.example.com/*" => { status: 200, json: { usd: 1.1 } }
///     run()                                                the task's statements
///     expect Order.get(1)?.status == "late"
///     expect mail.sent().count() == 1
///   }
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Test {
    /// Files and folders; this folder where none is named
    pub paths: Vec<PathBuf>,
    /// Only tests whose `FILE: NAME` matches this regular expression
    #[arg(long, value_name = "RE")]
    pub filter: Option<regex::Regex>,
    /// Where randomness begins; the same seed gives every test the same random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t = TestFormat::Pretty)]
    pub format: TestFormat,
}

/// `taskc serve`
///
/// Follows changes of the files without a restart; a task that has errors goes on in the version that had none. SIGTERM and
/// ctrl-c stop it gracefully: nothing new starts, and what is running may end.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder with the tasks; this folder where none is named
    pub dir: Option<PathBuf>,
    /// Where the HTTP interface is to listen; it is not built yet, and the server says so
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Where the store, the embedded database and the socket are; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc runs`
#[derive(Debug, Args)]
pub struct Runs {
    /// Only of this task
    pub task: Option<String>,
    /// At most so many, the latest
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub last: u64,
    /// Only in this state (running, retrying, sleeping, in-doubt, held, succeeded, failed, cancelled, interrupted) or with this decision (ran, skipped, queued, missed, expired)
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only due at or after this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// How to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc logs`
#[derive(Debug, Args)]
pub struct Logs {
    /// The run's number, as `taskc runs` shows it
    pub run: u64,
    /// Go on until the run has ended
    #[arg(short, long)]
    pub follow: bool,
    /// Show what the run did, too, with how long it took: the last calls, as many as its `trace` header says
    #[arg(long, conflicts_with = "follow")]
    pub trace: bool,
    /// How to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc trigger`
#[derive(Debug, Args)]
pub struct Trigger {
    /// The task's name
    pub task: String,
    /// Wait until the run has ended
    #[arg(long)]
    pub wait: bool,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc cancel`
#[derive(Debug, Args)]
pub struct Cancel {
    /// The run's number, as `taskc runs` shows it
    pub run: u64,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc settle`
///
/// A run is in doubt where nobody knows whether a call was made that must not be made twice: the server was killed, or the other
/// side broke off, between the sending of a mail and the answer. Find out whether it was, and say so.
#[derive(Debug, Args)]
pub struct Settle {
    /// The run's number, as `taskc runs` shows it
    pub run: u64,
    /// What becomes of the call
    #[arg(value_enum)]
    pub how: Settlement,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// What becomes of a call that is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Settlement {
    /// It was not made: make it again. A run that is held is replayed again.
    Retry,
    /// It was made: go on behind it.
    Accept,
    /// Go on as if it had failed; a run that is held ends as failed.
    Fail,
}

/// `taskc pause`, `taskc resume`
#[derive(Debug, Args)]
pub struct Names {
    /// The tasks' names
    #[arg(required = true)]
    pub tasks: Vec<String>,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc resume`
#[derive(Debug, Args)]
pub struct Resume {
    /// Which tasks
    #[command(flatten)]
    pub names: Names,
    /// Make up for what was skipped during the pause: as many due times as `missed all N` says, else the latest
    #[arg(long)]
    pub catch_up: bool,
}

/// `taskc backfill`
///
/// Due times that succeeded are left out, and so are those that wait or run. The others run one after the other on the server.
#[derive(Debug, Args)]
pub struct Backfill {
    /// The task's name
    pub task: String,
    /// The first due time, or a time before it
    #[arg(long, value_name = "TIME")]
    pub from: String,
    /// Until when, exclusive; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Only show what would run
    #[arg(long)]
    pub dry_run: bool,
    /// Run what succeeded again, too
    #[arg(long)]
    pub force: bool,
    /// The server's data folder; .taskc in the project where it is not given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `taskc next`
#[derive(Debug, Args)]
pub struct Next {
    /// Files or names of tasks; all of this folder where none is named
    pub tasks: Vec<String>,
    /// How many due times of each
    #[arg(short = 'n', default_value_t = 5, value_name = "N")]
    pub count: usize,
    /// From when on; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// How to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// `taskc simulate`
///
/// Drives the policies of the headers (overlap, missed, expire, retry, jitter, concurrency,
/// priority) over simulated time and prints what becomes of every due time, and why. Nothing is
/// run.
///
///   taskc simulate --from 2026-03-28 --to 2026-03-30     what a clock change does
///   taskc simulate --to 2026-02-01 --took report=90m     what happens if the report takes that long
///   taskc simulate --down 2026-01-05T08:00:00Z..2026-01-05T12:00:00Z --format json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Simulate {
    /// The folder with the tasks; this folder where none is named
    pub dir: Option<PathBuf>,
    /// From when on; now where it is not given
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when, exclusive; a day after the beginning where it is not given
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// How long runs take, of one task or of all others: --took report=30m --took 5s. A second where it is not given
    #[arg(long, value_name = "[TASK=]DURATION")]
    pub took: Vec<String>,
    /// When nothing serves
    #[arg(long, value_name = "FROM..TO")]
    pub down: Vec<String>,
    /// Only the summary of each task, not every row
    #[arg(long)]
    pub summary: bool,
    /// How to print
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// `taskc explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The code in a diagnostic's brackets: unknown-name
    pub code: String,
}

/// `taskc build`
#[derive(Debug, Args)]
pub struct Build {
    /// The task's file
    pub file: PathBuf,
    /// Where to write; the task's name with .taskb where it is not given
    #[arg(short, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `taskc dis`
#[derive(Debug, Args)]
pub struct Dis {
    /// The task's file, or bytecode from `taskc build`
    pub file: PathBuf,
}

/// `taskc completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `taskc version`
#[derive(Debug, Args)]
pub struct Version {
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}
