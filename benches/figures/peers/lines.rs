//! Records as an Asterisk writes them into `Master.csv`, one line a call.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::PathBuf,
};

use jiff::{Timestamp, tz::TimeZone};

use crate::world::World;

/// Seconds between two calls, on average; the last was a while ago.
const PACE: i64 = 1;
const AGO: i64 = 3_600;

/// Writes them once; gives the file.
pub fn master(world: &World) -> anyhow::Result<PathBuf> {
    let path = world.folder().join(format!("Master-{}.csv", world.options.lines));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(world.folder())?;
    let partial = path.with_extension("part");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    let mut chance = fastrand::Rng::with_seed(1);
    let zone = TimeZone::get(callreel::host::company::ZONE)?;
    let lines = i64::try_from(world.options.lines)?;
    let mut second = Timestamp::now().as_second() - AGO - lines * PACE;
    for line in 0..world.options.lines {
        second += chance.i64(0..=2 * PACE);
        let extension = 101 + chance.u32(0..300);
        let outside = format!("48{}", 200_000_000 + chance.u32(0..200_000) * 1_009);
        let (wait, talk) = (chance.i64(2..30), if chance.u8(0..10) < 7 { chance.i64(3..600) } else { 0 });
        let at = |second: i64| -> anyhow::Result<String> {
            Ok(Timestamp::from_second(second)?.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
        };
        let (start, end) = (at(second)?, at(second + wait + talk)?);
        let answer = if talk > 0 { at(second + wait)? } else { String::new() };
        let (duration, disposition) = (wait + talk, if talk > 0 { "ANSWERED" } else { "NO ANSWER" });
        let serial = line * 2;
        let unique = format!("pbx-{second}.{serial}");
        if chance.bool() {
            writeln!(
                file,
                "\"{extension}\",\"48225550100\",\"{outside}\",\"from-phones\",\"\"\"Company\"\" <48225550100>\",\
                 \"PJSIP/{extension}-{serial:08x}\",\"PJSIP/trunk-{serial:08x}\",\"Dial\",\"PJSIP/{outside}@trunk,40,TK\",\
                 \"{start}\",\"{answer}\",\"{end}\",{duration},{talk},\"{disposition}\",\"DOCUMENTATION\",\"{unique}\",\"\""
            )?;
        } else {
            writeln!(
                file,
                "\"\",\"{outside}\",\"{extension}\",\"from-trunk\",\"\"\"\"\" <{outside}>\",\"PJSIP/trunk-{serial:08x}\",\
                 \"PJSIP/{extension}-{serial:08x}\",\"Dial\",\"PJSIP/{extension},25,tk\",\"{start}\",\"{answer}\",\"{end}\",\
                 {duration},{talk},\"{disposition}\",\"DOCUMENTATION\",\"{unique}\",\"\""
            )?;
        }
    }
    file.flush()?;
    drop(file);
    fs::rename(&partial, &path)?;
    Ok(path)
}
