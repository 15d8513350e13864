using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>An S3 server for the tests of one class, on a free port of the loopback interface. It ignores conditions on puts.</summary>
public class S3Server : IAsyncLifetime
{
    public const string AccessKeyId = "S3RVER";
    public const string SecretAccessKey = "S3RVER";
    private const string Bucket = "blobs";
    private readonly TempFolder _folder = new();
    private Process? _process;
    private string? _missing;
    private int _prefixes;

    /// <summary>Its port; skips the test where the server cannot run.</summary>
    public int Port
    {
        get
        {
            Assert.SkipWhen(_missing is not null, $"the S3 server of this test needs a program: {_missing}");
            return field;
        }

        private set;
    }

    /// <summary>Uploads that are neither completed nor aborted.</summary>
    internal IReadOnlyList<string> UnfinishedUploads
        => Directory.Exists(UploadsFolder) ? Directory.GetDirectories(UploadsFolder) : [];

    protected virtual string[] Flags => [];

    private string UploadsFolder => Path.Combine(_folder["buckets"], Bucket, "._S3rver_uploads");

    public async ValueTask InitializeAsync()
    {
        _missing = S3ServerInstallation.Missing();
        if (_missing is null)
        {
            await S3ServerInstallation.EnsureAsync();
            ProcessStartInfo start = new("node", [Path.Combine(S3ServerInstallation.Folder, "server.mjs"), _folder.Path, Bucket, .. Flags])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            _process = Process.Start(start)!;
            string? line = await _process.StandardOutput.ReadLineAsync();
            Port = int.Parse(line ?? throw new EndOfStreamException("The S3 server ended."), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Settings that lead to a part of the bucket that no other test uses.</summary>
    /// <param name="port">The port of something before the server, if not the server's own.</param>
    public S3BlobOptions NewOptions(int? port = null) => new()
    {
        Bucket = Bucket,
        Prefix = string.Create(CultureInfo.InvariantCulture, $"test-{Interlocked.Increment(ref _prefixes)}/of-it"),
        Endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port ?? Port}")),
        AccessKeyId = AccessKeyId,
        SecretAccessKey = SecretAccessKey,
        PartBytes = S3BlobOptions.PartBytesMin,
        RetryDelay = TimeSpan.FromMilliseconds(10),
    };

    /// <summary>Changes a blob behind the server's back.</summary>
    public void Overwrite(S3BlobOptions options, string key, ReadOnlySpan<byte> bytes)
        => File.WriteAllBytes(Path.Combine(_folder["buckets"], Bucket, options.Prefix, key + "._S3rver_object"), bytes);

    public ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        _folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
