import process from 'node:process';

/** Processor time that this thread has used, in milliseconds: unlike the clock, other work on the machine does not move it. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
