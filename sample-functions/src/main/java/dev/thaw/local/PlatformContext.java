package dev.thaw.local;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What every part of one running platform shares.
 *
 * @param options how this platform was asked to run
 * @param launcher starts the runtime's processes
 * @param ledger where every invocation is written down
 * @param timers deadlines and retries; its tasks never block
 * @param executor everything that may block
 */
record PlatformContext(
    PlatformOptions options,
    RuntimeLauncher launcher,
    Ledger ledger,
    ScheduledExecutorService timers,
    ExecutorService executor) {}
