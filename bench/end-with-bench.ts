/** Processes that must not outlive the bench: what is left of it would slow down whatever is measured next. */

/** @returns the way to let go of them, once they have ended in an orderly way */
export function endWithBench(pids: () => readonly (number | undefined)[]): () => void {
  const end = () => {
    for (const pid of pids()) if (pid !== undefined) killIfThere(pid);
  };
  // Before the folder is removed, or they would write new files into it.
  process.prependListener('exit', end);
  return () => process.off('exit', end);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended before.
  }
}
