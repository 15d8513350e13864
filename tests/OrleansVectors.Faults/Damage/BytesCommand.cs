using System.CommandLine;
namespace OrleansVectors.Faults.Damage;
internal static class BytesCommand { public static Command Create(TextWriter output) { _ = output; return new("bytes"); } }
