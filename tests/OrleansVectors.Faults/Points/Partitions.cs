namespace OrleansVectors.Faults.Points;

/// <summary>
/// Which partition a numeric id belongs to: the server's rule, written a second time. Stored points depend on it, so it
/// never changes; if it does, batches to several partitions will look torn here.
/// </summary>
internal static class Partitions
{
    private const int Slots = 1024;

    public static int Of(ulong id, int partitions) => (int)(Mix(Mix(id)) & (Slots - 1)) * partitions / Slots;

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
