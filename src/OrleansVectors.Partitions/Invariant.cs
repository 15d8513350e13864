using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace OrleansVectors.Partitions;

/// <summary>Checks of our own promises on cold paths, always on: a broken one is a bug, never the caller's mistake.</summary>
internal static class Invariant
{
    /// <exception cref="UnreachableException">The promise is broken.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string promise)
    {
        if (!condition)
        {
            throw new UnreachableException($"broken invariant: {promise}");
        }
    }
}
