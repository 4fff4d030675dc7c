// Counts active time and keeps the leases of somebody who is at work.
import { useEffect, useState } from "react";
import type { TaskStream } from "./stream";
import type { Task } from "./task";

const TICK_MS = 1000;
const RENEW_EVERY_TICKS = 20;

/** Active milliseconds on the task, every second. */
export function useActivity(task: Task, stream: TaskStream, leaseSeconds: number): number {
  const [spent, setSpent] = useState(0);
  useEffect(() => {
    const touch = () => task.clock.touch(Date.now());
    const pause = () => {
      if (document.hidden) task.clock.pause(Date.now());
    };
    let ticks = 0;
    const tick = () => {
      const now = Date.now();
      setSpent(task.clock.total(now));
      ticks += 1;
      // A short lease is looked at more often.
      const every = Math.max(1, Math.min(RENEW_EVERY_TICKS, Math.floor(leaseSeconds / 8)));
      if (ticks % every === 0 && task.clock.active(now)) void stream.renew(leaseSeconds);
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    window.addEventListener("keydown", touch);
    window.addEventListener("pointerdown", touch);
    window.addEventListener("pointermove", touch, { passive: true });
    document.addEventListener("visibilitychange", pause);
    return () => {
      clearInterval(timer);
      window.removeEventListener("keydown", touch);
      window.removeEventListener("pointerdown", touch);
      window.removeEventListener("pointermove", touch);
      document.removeEventListener("visibilitychange", pause);
    };
  }, [task, stream, leaseSeconds]);
  return spent;
}
