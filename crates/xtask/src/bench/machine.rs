//! What the figures were measured on.

/// Processor, cores, memory and kernel, as far as the machine tells.
pub fn describe() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kib: u64 = value(&read("/proc/meminfo"), "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{} ({cores} cores), {} GiB of memory, Linux {}",
        value(&read("/proc/cpuinfo"), "model name"),
        kib.div_ceil(1 << 20),
        kernel.trim()
    )
}
