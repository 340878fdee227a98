//! Maps and JSON.

use std::rc::Rc;

use super::{here, made};
use crate::value::Value;
use crate::vm::ops::{json, map};
use crate::vm::registers::{Cells, Words};
use crate::vm::trouble::{damaged, ok};

here! {
    (s, v, core)
    apart NewMap { to } => v.put(to, Value::Map(Rc::default()));
    apart GetKey { to, map, key } => {
        let found = map::get(&v[map.at()], &v[key.at()])?.cloned();
        v.put(to, found.unwrap_or_default());
    };
    apart HasKey { to, map, key } => {
        s.set_bool(to, map::get(&v[map.at()], &v[key.at()])?.is_some());
    };
    apart SetKey { map, key, a } => {
        let (key, new) = (v.take(key), v.take(a));
        map::set(&mut v[map.at()], key, new, &mut core.memory)?;
        ok!(made(core))
    };
    apart AddAtKey { map, key, a } => {
        let two = v.get_disjoint_mut([map.at(), key.at()]);
        let [map, key] = two.map_err(|_| damaged("a map and a key"))?;
        map::add(map, key, s.int(a), &mut core.memory)?;
        ok!(made(core))
    };
    apart TakeKey { to, map, key } => {
        let key = v[key.at()].clone();
        let taken = map::take(&mut v[map.at()], key, &mut core.memory)?;
        v.put(to, taken);
    };
    apart EntryKey { to, map, i } => {
        let key = map::entry(&v[map.at()], s.int(i))?.0.clone();
        v.put(to, key);
    };
    apart EntryValue { to, map, i } => {
        let value = map::entry(&v[map.at()], s.int(i))?.1.clone();
        v.put(to, value);
    };
    apart JsonField { to, a, key } => v.put(to, json::field(&v[a.at()], &v[key.at()]));
    apart JsonItem { to, a, i } => v.put(to, json::item(&v[a.at()], s.int(i)));
}
