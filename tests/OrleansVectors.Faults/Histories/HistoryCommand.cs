using System.CommandLine;
namespace OrleansVectors.Faults.Histories;
internal static class HistoryCommand { public static Command Create(TextWriter output) { _ = output; return new("history"); } }
