//! The table of instructions: the one place where they are declared.
//!
//! A row is a name, its operands with what is done to each, what the instruction may do to the flow of control, and its
//! meaning. The enum, the disassembly, the verifier's operand checks and the compiler's liveness are derived from it.
//!
//! Roles of operands: `S V` read, `SetS SetV` write, `EditS EditV` change, `TakeV` moves the value out (leaving `null`),
//! `ArgsS ArgsV` a window that is read or taken, `ResultS ResultV` a call's window whose first register holds the result afterwards.
//!
//! Flow: `plain` neither faults nor leaves the next instruction, `faults` may fault, `jumps` may go on at its target, `repeats` may go
//! *back* to its target and is charged for, `ends` never goes on at the next instruction, `calls` leaves the frame and comes back.

/// Hands the table to another macro.
macro_rules! instruction_table {
    ($callback:ident) => {
        $callback! {
            // Moving.
            MoveS { to: SetS, a: S } plain "to = a";
            LoadInt { to: SetS, value: Int32 } plain "to = value";
            LoadWord { to: SetS, word: Word } plain "to = the program's 64-bit number";
            MoveV { to: SetV, a: TakeV } plain "to = a, and a is null";
            CopyV { to: SetV, a: V } plain "to = a";
            LoadConstant { to: SetV, constant: Constant } plain "to = the program's value";
            LoadNull { to: SetV } plain "to = null";
            Drop { a: TakeV } plain "a is null";
            LoadFarS { to: SetS, far: FarReadS } plain "to = a scalar beyond the first registers";
            StoreFarS { far: FarSetS, a: S } plain "a scalar beyond the first registers = a";
            LoadFarV { to: SetV, far: FarReadV } plain "to = a value beyond the first registers";
            TakeFarV { to: SetV, far: FarTakeV } plain "to = a value beyond the first registers, which is null then";
            StoreFarV { far: FarSetV, a: TakeV } plain "a value beyond the first registers = a, and a is null";
            RunField { to: SetV, field: RunField } plain "to = what is known of the run: run.due";

            // Whole numbers; time, date and duration are whole numbers, too.
            AddInt { to: SetS, a: S, b: S } faults "to = a + b; overflow is a fault";
            SubInt { to: SetS, a: S, b: S } faults "to = a - b; overflow is a fault";
            MulInt { to: SetS, a: S, b: S } faults "to = a * b; overflow is a fault";
            DivInt { to: SetS, a: S, b: S } faults "to = a div b, truncated";
            RemInt { to: SetS, a: S, b: S } faults "to = a % b, with the sign of a";
            AddImm { to: SetS, a: S, value: Int32 } faults "to = a + value; overflow is a fault";
            MulImm { to: SetS, a: S, value: Int32 } faults "to = a * value; overflow is a fault";
            DivImm { to: SetS, a: S, value: Int32 } faults "to = a div value, truncated";
            RemImm { to: SetS, a: S, value: Int32 } faults "to = a % value, with the sign of a";
            NegInt { to: SetS, a: S } faults "to = -a; overflow is a fault";
            AbsInt { to: SetS, a: S } faults "to = the distance of a from zero; overflow is a fault";
            SignInt { to: SetS, a: S } plain "to = -1, 0 or 1, as the sign of a";
            MinInt { to: SetS, a: S, b: S } plain "to = the smaller of a and b";
            MaxInt { to: SetS, a: S, b: S } plain "to = the larger of a and b";
            BitAnd { to: SetS, a: S, b: S } plain "to = the bits that a and b share";
            BitOr { to: SetS, a: S, b: S } plain "to = the bits of a and of b";
            BitXor { to: SetS, a: S, b: S } plain "to = the bits that only one of a and b has";
            BitNot { to: SetS, a: S } plain "to = the bits that a lacks";
            AddDays { to: SetS, a: S, b: S } faults "to = the date a, b days later; a date that no calendar has is a fault";

            // Floats.
            AddFloat { to: SetS, a: S, b: S } plain "to = a + b";
            SubFloat { to: SetS, a: S, b: S } plain "to = a - b";
            MulFloat { to: SetS, a: S, b: S } plain "to = a * b";
            DivFloat { to: SetS, a: S, b: S } faults "to = a / b; dividing by zero is a fault";
            RemFloat { to: SetS, a: S, b: S } faults "to = a % b, with the sign of a";
            NegFloat { to: SetS, a: S } plain "to = -a";
            AbsFloat { to: SetS, a: S } plain "to = the distance of a from zero";
            SqrtFloat { to: SetS, a: S } plain "to = the square root of a";
            FloorFloat { to: SetS, a: S } plain "to = a rounded down";
            CeilFloat { to: SetS, a: S } plain "to = a rounded up";
            TruncFloat { to: SetS, a: S } plain "to = a rounded towards zero";
            MinFloat { to: SetS, a: S, b: S } plain "to = the smaller of a and b";
            MaxFloat { to: SetS, a: S, b: S } plain "to = the larger of a and b";
            MulAddFloat { to: SetS, a: S, b: S, c: S } plain "to = a + b * c, rounded twice";
            MulSubFloat { to: SetS, a: S, b: S, c: S } plain "to = a - b * c, rounded twice";
            IntToFloat { to: SetS, a: S } plain "to = the float nearest to a";

            // Comparing scalars.
            Not { to: SetS, a: S } plain "to = not a";
            EqualInt { to: SetS, a: S, b: S } plain "to = a == b, bit by bit";
            UnequalInt { to: SetS, a: S, b: S } plain "to = a != b, bit by bit";
            LessInt { to: SetS, a: S, b: S } plain "to = a < b";
            AtMostInt { to: SetS, a: S, b: S } plain "to = a <= b";
            EqualFloat { to: SetS, a: S, b: S } plain "to = a == b";
            UnequalFloat { to: SetS, a: S, b: S } plain "to = a != b";
            LessFloat { to: SetS, a: S, b: S } plain "to = a < b";
            AtMostFloat { to: SetS, a: S, b: S } plain "to = a <= b";

            // Jumps forward.
            Jump { target: Target } ends "go on at target";
            JumpIf { a: S, target: Target } jumps "if a, go on at target";
            JumpUnless { a: S, target: Target } jumps "if not a, go on at target";
            JumpEqualInt { a: S, b: S, target: Target } jumps "if a == b, go on at target";
            JumpUnequalInt { a: S, b: S, target: Target } jumps "if a != b, go on at target";
            JumpLessInt { a: S, b: S, target: Target } jumps "if a < b, go on at target";
            JumpAtMostInt { a: S, b: S, target: Target } jumps "if a <= b, go on at target";
            JumpEqualImm { a: S, value: Int16, target: Target } jumps "if a == value, go on at target";
            JumpUnequalImm { a: S, value: Int16, target: Target } jumps "if a != value, go on at target";
            JumpLessImm { a: S, value: Int16, target: Target } jumps "if a < value, go on at target";
            JumpAtMostImm { a: S, value: Int16, target: Target } jumps "if a <= value, go on at target";
            JumpAboveImm { a: S, value: Int16, target: Target } jumps "if a > value, go on at target";
            JumpAtLeastImm { a: S, value: Int16, target: Target } jumps "if a >= value, go on at target";
            JumpEqualFloat { a: S, b: S, target: Target } jumps "if a == b, go on at target";
            JumpUnequalFloat { a: S, b: S, target: Target } jumps "if a != b, go on at target";
            JumpLessFloat { a: S, b: S, target: Target } jumps "if a < b, go on at target";
            JumpAtMostFloat { a: S, b: S, target: Target } jumps "if a <= b, go on at target";
            JumpNotLessFloat { a: S, b: S, target: Target } jumps "unless a < b, go on at target";
            JumpNotAtMostFloat { a: S, b: S, target: Target } jumps "unless a <= b, go on at target";
            SwitchInt { a: S, switch: Switch } ends "go on where the function's switch says for a";
            SwitchValue { a: V, switch: Switch } ends "go on where the function's switch says for a";

            // Jumps back: each is charged for the instructions between.
            Repeat { target: Target } ends "go back to target";
            RepeatIf { a: S, target: Target } repeats "if a, go back to target";
            RepeatUnless { a: S, target: Target } repeats "if not a, go back to target";
            RepeatEqualInt { a: S, b: S, target: Target } repeats "if a == b, go back to target";
            RepeatUnequalInt { a: S, b: S, target: Target } repeats "if a != b, go back to target";
            RepeatLessInt { a: S, b: S, target: Target } repeats "if a < b, go back to target";
            RepeatAtMostInt { a: S, b: S, target: Target } repeats "if a <= b, go back to target";
            RepeatEqualImm { a: S, value: Int16, target: Target } repeats "if a == value, go back to target";
            RepeatUnequalImm { a: S, value: Int16, target: Target } repeats "if a != value, go back to target";
            RepeatLessImm { a: S, value: Int16, target: Target } repeats "if a < value, go back to target";
            RepeatAtMostImm { a: S, value: Int16, target: Target } repeats "if a <= value, go back to target";
            RepeatAboveImm { a: S, value: Int16, target: Target } repeats "if a > value, go back to target";
            RepeatAtLeastImm { a: S, value: Int16, target: Target } repeats "if a >= value, go back to target";
            RepeatEqualFloat { a: S, b: S, target: Target } repeats "if a == b, go back to target";
            RepeatUnequalFloat { a: S, b: S, target: Target } repeats "if a != b, go back to target";
            RepeatLessFloat { a: S, b: S, target: Target } repeats "if a < b, go back to target";
            RepeatAtMostFloat { a: S, b: S, target: Target } repeats "if a <= b, go back to target";
            RepeatNotLessFloat { a: S, b: S, target: Target } repeats "unless a < b, go back to target";
            RepeatNotAtMostFloat { a: S, b: S, target: Target } repeats "unless a <= b, go back to target";

            // Counted loops.
            NextBelow { i: EditS, end: S, target: Target } repeats "i = i + 1; if i < end, go back to target";
            NextUpTo { i: EditS, last: S, target: Target } repeats "if i < last, i = i + 1 and go back to target";
            NextInt { i: EditS, list: V, to: SetS, target: Target } repeats "i = i + 1; if the list goes on, to = list[i], go back to target";
            NextFloat { i: EditS, list: V, to: SetS, target: Target } repeats "i = i + 1; if the list goes on, to = list[i], go back to target";
            NextBool { i: EditS, list: V, to: SetS, target: Target } repeats "i = i + 1; if the list goes on, to = list[i], go back to target";
            NextScalar { i: EditS, list: V, to: SetS, target: Target } repeats "i = i + 1; if the list goes on, to = list[i] unboxed, go back to target";
            NextValue { i: EditS, list: V, to: SetV, target: Target } repeats "i = i + 1; if the list goes on, to = list[i], go back to target";
            NextEntry { i: EditS, map: V, target: Target } repeats "i = i + 1; if the map goes on, go back to target";

            // Between the banks.
            BoxInt { to: SetV, a: S } plain "to = the int a";
            BoxFloat { to: SetV, a: S } plain "to = the float a";
            BoxBool { to: SetV, a: S } plain "to = the bool a";
            BoxTime { to: SetV, a: S } plain "to = the time a";
            BoxDate { to: SetV, a: S } plain "to = the date a";
            BoxDuration { to: SetV, a: S } plain "to = the duration a";
            Unbox { to: SetS, a: V } faults "to = the int, float, bool, time, date or duration in a";

            // Any values.
            IsNull { to: SetS, a: V } plain "to = a is null";
            JumpNull { a: V, target: Target } jumps "if a is null, go on at target";
            JumpNotNull { a: V, target: Target } jumps "if a is not null, go on at target";
            Equal { to: SetS, a: V, b: V } plain "to = a == b";
            Unequal { to: SetS, a: V, b: V } plain "to = a != b";
            Less { to: SetS, a: V, b: V } plain "to = a < b";
            AtMost { to: SetS, a: V, b: V } plain "to = a <= b";
            JumpEqual { a: V, b: V, target: Target } jumps "if a == b, go on at target";
            JumpUnequal { a: V, b: V, target: Target } jumps "if a != b, go on at target";
            JumpLess { a: V, b: V, target: Target } jumps "if a < b, go on at target";
            JumpAtMost { a: V, b: V, target: Target } jumps "if a <= b, go on at target";
            RepeatNull { a: V, target: Target } repeats "if a is null, go back to target";
            RepeatNotNull { a: V, target: Target } repeats "if a is not null, go back to target";
            RepeatEqual { a: V, b: V, target: Target } repeats "if a == b, go back to target";
            RepeatUnequal { a: V, b: V, target: Target } repeats "if a != b, go back to target";
            RepeatLess { a: V, b: V, target: Target } repeats "if a < b, go back to target";
            RepeatAtMost { a: V, b: V, target: Target } repeats "if a <= b, go back to target";
            Length { to: SetS, a: V } faults "to = how many elements, entries or bytes a has";

            // Decimals.
            AddDecimal { to: SetV, a: V, b: V } faults "to = a + b; overflow is a fault";
            SubDecimal { to: SetV, a: V, b: V } faults "to = a - b; overflow is a fault";
            MulDecimal { to: SetV, a: V, b: V } faults "to = a * b; overflow is a fault";
            DivDecimal { to: SetV, a: V, b: V } faults "to = a / b";
            RemDecimal { to: SetV, a: V, b: V } faults "to = a % b, with the sign of a";
            NegDecimal { to: SetV, a: V } faults "to = -a";
            AbsDecimal { to: SetV, a: V } faults "to = the distance of a from zero";
            IntToDecimal { to: SetV, a: S } plain "to = a, exactly";
            DivideInts { to: SetV, a: S, b: S } faults "to = a / b as a decimal";

            // Texts.
            StartText {} plain "begin with an empty text";
            WriteConstant { constant: Constant } plain "append a text of the program";
            WriteInt { a: S } plain "append what the int prints as";
            WriteFloat { a: S } plain "append what the float prints as";
            WriteBool { a: S } plain "append what the bool prints as";
            WriteTime { a: S } plain "append what the time prints as";
            WriteDate { a: S } plain "append what the date prints as";
            WriteDuration { a: S } plain "append what the duration prints as";
            WriteValue { a: V } faults "append what the value prints as";
            FinishText { to: SetV } faults "to = the text that was appended to";
            Concat { to: SetV, a: V, b: V } faults "to = the text a and behind it the text b";
            AppendText { a: EditV, b: V } faults "the text b is put behind the text a";

            // Records.
            NewRecord { to: SetV, slots: ArgsV, shape: Shape } faults "to = a record of the shape with these values by slot";
            GetField { to: SetV, a: V, slot: Slot } faults "to = the field of a";
            GetFieldInt { to: SetS, a: V, slot: Slot } faults "to = the int field of a";
            GetFieldFloat { to: SetS, a: V, slot: Slot } faults "to = the float field of a";
            GetFieldScalar { to: SetS, a: V, slot: Slot } faults "to = the field of a, unboxed";
            TakeField { to: SetV, a: EditV, slot: Slot } faults "to = the field of a, which is null then";
            SetField { a: EditV, slot: Slot, b: TakeV } faults "the field of a = b";
            SetFieldInt { a: EditV, slot: Slot, b: S } faults "the field of a = the int b";
            SetFieldFloat { a: EditV, slot: Slot, b: S } faults "the field of a = the float b";

            // Lists. A negative index counts from the end; an index outside the list is a fault.
            NewInts { to: SetV, items: ArgsS } faults "to = a list of these ints";
            NewFloats { to: SetV, items: ArgsS } faults "to = a list of these floats";
            NewBools { to: SetV, items: ArgsS } faults "to = a list of these bools";
            NewValues { to: SetV, items: ArgsV } faults "to = a list of these values, none of which is an int, float or bool";
            Range { to: SetV, a: S, b: S } faults "to = the ints from a up to b, b left out";
            ItemInt { to: SetS, list: V, i: S } faults "to = list[i]";
            ItemFloat { to: SetS, list: V, i: S } faults "to = list[i]";
            ItemBool { to: SetS, list: V, i: S } faults "to = list[i]";
            ItemScalar { to: SetS, list: V, i: S } faults "to = list[i], unboxed";
            Item { to: SetV, list: V, i: S } faults "to = list[i]";
            TakeItem { to: SetV, list: EditV, i: S } faults "to = list[i], which is null then";
            SetItemInt { list: EditV, i: S, a: S } faults "list[i] = a";
            SetItemFloat { list: EditV, i: S, a: S } faults "list[i] = a";
            SetItemBool { list: EditV, i: S, a: S } faults "list[i] = a";
            SetItem { list: EditV, i: S, a: TakeV } faults "list[i] = a";
            ItemField { to: SetV, list: V, i: S, slot: Slot } faults "to = the field of list[i]";
            ItemFieldInt { to: SetS, list: V, i: S, slot: Slot } faults "to = the int field of list[i]";
            ItemFieldFloat { to: SetS, list: V, i: S, slot: Slot } faults "to = the float field of list[i]";
            SetItemField { list: EditV, i: S, slot: Slot, a: TakeV } faults "the field of list[i] = a";
            SetItemFieldInt { list: EditV, i: S, slot: Slot, a: S } faults "the field of list[i] = the int a";
            SetItemFieldFloat { list: EditV, i: S, slot: Slot, a: S } faults "the field of list[i] = the float a";
            PushInt { list: EditV, a: S } faults "a is put at the end of the list";
            PushFloat { list: EditV, a: S } faults "a is put at the end of the list";
            PushBool { list: EditV, a: S } faults "a is put at the end of the list";
            Push { list: EditV, a: TakeV } faults "a is put at the end of the list";
            Contains { to: SetS, list: V, a: V } faults "to = some element of the list equals a";

            // Maps and JSON.
            NewMap { to: SetV } plain "to = a map without entries";
            GetKey { to: SetV, map: V, key: V } faults "to = map[key], or null";
            HasKey { to: SetS, map: V, key: V } faults "to = the map has the key";
            SetKey { map: EditV, key: TakeV, a: TakeV } faults "map[key] = a";
            AddAtKey { map: EditV, key: V, a: S } faults "the int map[key], or 0 where there is none, becomes that + the int a";
            TakeKey { to: SetV, map: EditV, key: V } faults "to = map[key], which is null then";
            EntryKey { to: SetV, map: V, i: S } faults "to = the key of the entry of the map at i";
            EntryValue { to: SetV, map: V, i: S } faults "to = the value of the entry of the map at i";
            JsonField { to: SetV, a: V, key: V } faults "to = the entry of the JSON object a by its key, or null";
            JsonItem { to: SetV, a: V, i: S } faults "to = the element of the JSON list a at i, or null";

            // Calls. A callee's frame begins behind the caller's, its parameters are copied or moved there.
            CallS { s: ResultS, v: ArgsV, function: Function } calls "s[0] = what the function gives for s and v";
            CallV { s: ArgsS, v: ResultV, function: Function } calls "v[0] = what the function gives for s and v";
            Call { s: ArgsS, v: ArgsV, function: Function } calls "the function is called with s and v and gives nothing";
            CallClosureS { closure: V, s: ResultS, v: ArgsV } calls "s[0] = what the closure gives for s and v";
            CallClosureV { closure: V, s: ArgsS, v: ResultV } calls "v[0] = what the closure gives for s and v";
            CallClosure { closure: V, s: ArgsS, v: ArgsV } calls "the closure is called with s and v and gives nothing";
            Closure { to: SetV, captures: ArgsV, function: Function } faults "to = the function with the variables that it sees";
            ReturnS { a: S } ends "go back to the caller with a";
            ReturnV { a: TakeV } ends "go back to the caller with a";
            Return {} ends "go back to the caller";
            Native { to: SetV, args: ArgsV, native: NativeCall } faults "to = what the library's function gives for the arguments";
            NativeS { to: SetS, args: ArgsV, native: NativeCall } faults "to = what the library's function gives for the arguments, unboxed";
            Change { to: SetV, a: EditV, args: ArgsV, native: NativeCall } faults "the library's function changes a; to = what it gives. The first of the arguments is left free for a";
            Effect { to: SetV, args: ArgsV, effect: EffectSite } calls "leaves the machine; to = what the world answers";
            Parallel { to: SetV, body: V, items: V, limit: S } calls "to = what the closure body gives for each item, up to limit at once (0: no limit)";
            Fail { a: TakeV } ends "the error a is raised";
            FailWith { message: V } ends "an error with this message is raised";
        }
    };
}
pub(crate) use instruction_table;
