using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>What tests of blob stores say often.</summary>
internal static class BlobTesting
{
    public static byte[] RandomBytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Compares long blobs, without printing them.</summary>
    public static void AssertSame(byte[] expected, byte[] actual)
        => Assert.True(expected.AsSpan().SequenceEqual(actual), "The bytes are not those that were put.");

    public static async Task<List<string>> KeysAsync(this IBlobStore store, string prefix = "")
    {
        List<string> keys = [];
        await foreach (BlobEntry entry in store.ListAsync(prefix))
        {
            keys.Add(entry.Key);
        }

        return keys;
    }

    /// <summary>Reads a blob through a file.</summary>
    public static async Task<byte[]> ReadThroughFileAsync(this IBlobStore store, string key)
    {
        using TempFolder folder = new();
        await store.ReadToFileAsync(key, folder["blob"]);
        Assert.Single(Directory.GetFiles(folder.Path));
        return await File.ReadAllBytesAsync(folder["blob"]);
    }

    /// <summary>Puts bytes through a file.</summary>
    public static async Task PutThroughFileAsync(
        this IBlobStore store, string key, byte[] bytes, CancellationToken cancellationToken = default)
    {
        using TempFolder folder = new();
        await File.WriteAllBytesAsync(folder["source"], bytes, CancellationToken.None);
        await store.PutFileAsync(key, folder["source"], cancellationToken);
    }
}
