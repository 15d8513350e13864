using System.CommandLine;
namespace OrleansVectors.Faults.Clocks;
internal static class ClockCommand { public static Command Create(TextWriter output) { _ = output; return new("clock"); } }
