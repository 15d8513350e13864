using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OrleansVectors.Numerics.Kernels;

/// <summary>Whether a loop calls later rows into the cache; a type, so that the choice costs nothing when it is no.</summary>
internal unsafe interface IAhead
{
    static abstract void Fetch(float* line);
}

/// <summary>Calls the line at the address into every level of the cache. A prefetch never faults.</summary>
internal readonly unsafe struct Ahead : IAhead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* line)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(line);
        }
    }
}

/// <summary>Leaves consecutive rows to the hardware's own prefetcher.</summary>
internal readonly unsafe struct Resident : IAhead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* line)
    {
    }
}
