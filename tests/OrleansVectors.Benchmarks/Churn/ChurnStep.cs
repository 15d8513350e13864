using System.Runtime.InteropServices;

namespace OrleansVectors.Benchmarks.Churn;

/// <summary>One change; stored as it stands.</summary>
/// <param name="Gone">The row of the base that leaves the index.</param>
/// <param name="Come">The row of the base that enters it.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ChurnStep(int Gone, int Come);
