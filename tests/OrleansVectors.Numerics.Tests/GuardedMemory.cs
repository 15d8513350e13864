using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics.Tests;

/// <summary>Memory that ends right before a page whose touch kills the process, so that a read past the end cannot pass a test.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 2 | 0x20;
    private readonly byte* pages;
    private readonly nuint length;

    /// <summary>Maps at least <paramref name="bytes"/> usable bytes before the guard.</summary>
    public GuardedMemory(int bytes)
    {
        var page = Environment.SystemPageSize;
        var usable = (bytes + page - 1) / page * page;
        length = (nuint)(usable + page);
        pages = Map(null, length, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True((nint)pages != -1, "mmap");
        End = pages + usable;
        Assert.Equal(0, Protect(End, (nuint)page, 0));
    }

    /// <summary>The first byte that must not be touched.</summary>
    public byte* End { get; }

    public void Dispose() => _ = Unmap(pages, length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
