using System.CommandLine;
namespace OrleansVectors.Faults.Disks;
internal static class DiskCommand { public static Command Create(TextWriter output) { _ = output; return new("disk"); } }
