using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansVectors.Cli.CommandLine;

using CancellationTokenSource stopping = new();
Stopwatch sinceFirstSignal = new();

// The first signal stops cleanly (journals saved, partial files removed); a second one is left to the system. One key
// press can arrive twice (once to the process, once to its group), so a second one counts only after a while.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = sinceFirstSignal.Elapsed < TimeSpan.FromSeconds(1);
    sinceFirstSignal.Start();
    stopping.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await OvCommandLine.RunAsync(args, Terminal.OfProcess(), stopping.Token);
