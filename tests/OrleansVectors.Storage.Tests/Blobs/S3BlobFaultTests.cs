using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

public sealed class S3BlobFaultTests : IClassFixture<ConditionalS3Server>, IDisposable
{
    private const int Part = S3BlobOptions.PartBytesMin;
    private readonly ConditionalS3Server _server;
    private readonly FaultyProxy _proxy;
    private readonly S3BlobOptions _options;
    private readonly S3BlobStore _store;

    public S3BlobFaultTests(ConditionalS3Server server)
    {
        _server = server;
        _proxy = new FaultyProxy(server.Port);
        _options = server.NewOptions(_proxy.Port) with
        {
            RequestTimeout = TimeSpan.FromSeconds(10),
            TotalTimeout = TimeSpan.FromSeconds(30),
            AttemptsMax = 4,
        };
        _store = new S3BlobStore(_options);
    }

    private S3BlobOptions Impatient => _options with { RequestTimeout = TimeSpan.FromSeconds(1) };

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(502, "BadGateway")]
    [InlineData(503, "SlowDown")]
    [InlineData(504, "GatewayTimeout")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(400, "RequestTimeout")]
    public async Task A_failure_that_passes_is_healed_by_trying_again(int status, string code)
    {
        byte[] bytes = BlobTesting.RandomBytes(1000);
        // The answer to HEAD has no body: a 400 with a code is the one thing it cannot say.
        foreach (string method in (string[])(status == 400 ? ["PUT", "GET", "DELETE"] : ["PUT", "GET", "HEAD", "DELETE"]))
        {
            _proxy.Break(Fault.Status(status, code), times: 3, method: method);
        }

        await _store.PutAsync("blob", bytes);
        Assert.Equal(bytes, await _store.ReadAsync("blob", 1000));
        Assert.Equal(1000, await _store.LengthAsync("blob"));
        await _store.DeleteAsync(["blob"]);
        Assert.Null(await _store.LengthAsync("blob"));
    }

    [Fact]
    public async Task Listing_and_deleting_together_are_tried_again()
    {
        await _store.PutAsync("a", default);
        await _store.PutAsync("b", default);
        _proxy.Break(Fault.Status(503, "SlowDown"), times: 2, method: "GET");
        _proxy.Break(Fault.Status(500, "InternalError"), times: 2, method: "POST");
        Assert.Equal(["a", "b"], await _store.KeysAsync());
        await _store.DeleteAsync(["a", "b"]);
        Assert.Empty(await _store.KeysAsync());
    }

    [Theory]
    [InlineData(400, "MissingContentMD5")]
    [InlineData(501, "NotImplemented")]
    public async Task A_store_that_refuses_to_delete_together_is_asked_for_each(int status, string code)
    {
        _proxy.Break(Fault.Status(status, code), times: 100, method: "POST", containing: "?delete");
        for (int round = 0; round < 2; round++)
        {
            await _store.PutAsync("a", default);
            await _store.PutAsync("b", default);
            await _store.DeleteAsync(["a", "b", "missing"]);
            Assert.Empty(await _store.KeysAsync());
        }

        Assert.Single(_proxy.Requests, static request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(501, "NotImplemented")]
    [InlineData(400, "InvalidRequest")]
    public async Task A_store_that_refuses_conditional_puts_is_looked_into_first(int status, string code)
    {
        _proxy.Break(Fault.Status(status, code), times: 100, method: "PUT", containing: "honours-if-none-match");
        Assert.True(await _store.TryPutNewAsync("blob", "first"u8.ToArray()));
        Assert.False(await _store.TryPutNewAsync("blob", "second"u8.ToArray()));
        Assert.Equal("first"u8.ToArray(), await _store.ReadAsync("blob", 10));
        Assert.Single(_proxy.Requests, static request => request.Contains("honours-if-none-match", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_conflict_of_conditional_puts_is_tried_again_and_not_taken_for_an_answer()
    {
        await _store.TryPutNewAsync("other", default);
        _proxy.Break(Fault.Status(409, "ConditionalRequestConflict"), times: 2, method: "PUT");
        Assert.True(await _store.TryPutNewAsync("blob", "first"u8.ToArray()));
    }

    [Fact]
    public async Task A_failure_that_does_not_pass_ends_within_the_attempts_and_says_what_failed()
    {
        _proxy.Break(Fault.Status(503, "SlowDown"), times: int.MaxValue);
        Stopwatch elapsed = Stopwatch.StartNew();
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => _store.PutAsync("a/blob", new byte[10]));
        Assert.InRange(elapsed.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(_options.AttemptsMax, _proxy.Requests.Count);
        foreach (string fact in (string[])["put the blob 'a/blob'", _store.Location, "4 attempts", "503", "SlowDown"])
        {
            Assert.Contains(fact, error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<BlobStoreException>(() => _store.ReadAsync("a/blob", 10));
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.LengthAsync("a/blob"));
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.TryPutNewAsync("a/blob", default));
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.KeysAsync());
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.DeleteAsync(["a/blob"]));
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.PutThroughFileAsync("a/blob", new byte[10]));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_given_up()
    {
        using S3BlobStore impatient = new(_options with
        {
            RequestTimeout = TimeSpan.FromMilliseconds(200),
            TotalTimeout = TimeSpan.FromMilliseconds(700),
            AttemptsMax = 100,
        });
        _proxy.Break(Fault.Slow(TimeSpan.FromMinutes(1)), times: int.MaxValue);
        Stopwatch elapsed = Stopwatch.StartNew();
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => impatient.ReadAsync("blob", 10));
        Assert.InRange(elapsed.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(20));
        Assert.Contains("no answer in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_answer_is_asked_for_again()
    {
        await _store.PutAsync("blob", new byte[10]);
        _proxy.Break(Fault.Slow(TimeSpan.FromMinutes(1)), method: "GET");
        using S3BlobStore impatient = new(Impatient);
        Assert.Equal(new byte[10], await impatient.ReadAsync("blob", 10));
    }

    [Fact]
    public async Task A_caller_need_not_wait_for_a_store_that_does_not_answer()
    {
        _proxy.Break(Fault.Slow(TimeSpan.FromMinutes(1)), times: int.MaxValue);
        using CancellationTokenSource cancelled = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.ReadAsync("blob", 10, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.PutAsync("blob", new byte[10], cancelled.Token));
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_tried_again_and_then_given_up()
    {
        using S3BlobStore nowhere = new(_options with { Endpoint = new Uri($"http://127.0.0.1:{UnusedPort()}") });
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => nowhere.LengthAsync("blob"));
        Assert.Contains("4 attempts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_cut_is_read_on_from_where_it_ended()
    {
        byte[] bytes = BlobTesting.RandomBytes(3 << 20);
        await _store.PutAsync("blob", bytes);
        foreach (int cut in (int[])[0, 1, 100_000, 1 << 20])
        {
            _proxy.Break(Fault.CutBody(cut), method: "GET");
        }

        BlobTesting.AssertSame(bytes, await _store.ReadAsync("blob", bytes.Length));
        _proxy.Break(Fault.CutBody(2_000_000), method: "GET");
        BlobTesting.AssertSame(bytes, await _store.ReadThroughFileAsync("blob"));
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_read_on_from_where_it_stopped()
    {
        byte[] bytes = BlobTesting.RandomBytes(1 << 20);
        await _store.PutAsync("blob", bytes);
        _proxy.Break(Fault.StalledBody(300_000), method: "GET");
        using S3BlobStore impatient = new(Impatient);
        BlobTesting.AssertSame(bytes, await impatient.ReadAsync("blob", bytes.Length));
    }

    [Theory]
    [InlineData(3 << 20)]
    [InlineData(10)]
    public async Task A_blob_replaced_while_its_body_was_cut_is_read_anew(int newBytes)
    {
        byte[] second = BlobTesting.RandomBytes(newBytes, seed: 2);
        using S3BlobStore other = new(_options with { Endpoint = new Uri($"http://127.0.0.1:{_server.Port}") });
        await _store.PutAsync("blob", BlobTesting.RandomBytes(3 << 20));
        _proxy.Break(Fault.CutBodyThen(2 << 20, () => other.PutAsync("blob", second)), method: "GET");
        BlobTesting.AssertSame(second, await _store.ReadThroughFileAsync("blob"));
    }

    [Fact]
    public async Task A_body_that_is_always_cut_is_given_up_and_leaves_no_file()
    {
        using TempFolder folder = new();
        await _store.PutAsync("blob", new byte[1000]);
        _proxy.Break(Fault.CutBody(10), times: int.MaxValue, method: "GET");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => _store.ReadToFileAsync("blob", folder["target"]));
        Assert.Contains("read the blob 'blob'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_leaves_the_blob()
    {
        byte[] bytes = BlobTesting.RandomBytes(1000);
        _proxy.Break(Fault.LostAnswer(), times: 2, method: "PUT");
        await _store.PutAsync("blob", bytes);
        Assert.Equal(bytes, await _store.ReadAsync("blob", 1000));
    }

    [Fact]
    public async Task A_new_blob_whose_answer_was_lost_is_still_known_to_be_ours()
    {
        await _store.TryPutNewAsync("other", default);
        _proxy.Break(Fault.LostAnswer(), method: "PUT", containing: "blob-of-ours");
        Assert.True(await _store.TryPutNewAsync("blob-of-ours", "x"u8.ToArray()));
        Assert.False(await _store.TryPutNewAsync("blob-of-ours", "x"u8.ToArray()));
    }

    [Theory]
    [InlineData("POST", "uploads")]
    [InlineData("PUT", "partNumber=2")]
    [InlineData("POST", "uploadId")]
    public async Task A_file_put_in_parts_survives_a_lost_answer(string method, string containing)
    {
        byte[] bytes = BlobTesting.RandomBytes((2 * Part) + 1000);
        _proxy.Break(Fault.LostAnswer(), method: method, containing: containing);
        _proxy.Break(Fault.Status(503, "SlowDown"), method: method, containing: containing);
        await _store.PutThroughFileAsync("blob", bytes);
        BlobTesting.AssertSame(bytes, await _store.ReadAsync("blob", bytes.Length));
        CleanUploads();
    }

    [Fact]
    public async Task An_upload_that_has_gone_because_it_is_done_is_no_failure()
    {
        byte[] bytes = BlobTesting.RandomBytes(Part + 1);
        _proxy.Break(Fault.LostAnswer(), method: "POST", containing: "uploadId");
        _proxy.Break(Fault.Status(404, "NoSuchUpload"), method: "POST", containing: "uploadId");
        _proxy.Break(Fault.Status(404, "NotFound"), method: "HEAD");
        await _store.PutThroughFileAsync("blob", bytes);
        BlobTesting.AssertSame(bytes, await _store.ReadAsync("blob", bytes.Length));
    }

    [Fact]
    public async Task A_file_put_in_parts_that_fails_is_aborted()
    {
        CleanUploads();
        _proxy.Break(Fault.Status(403, "AccessDenied"), times: int.MaxValue, method: "PUT", containing: "partNumber=3");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(
            () => _store.PutThroughFileAsync("blob", BlobTesting.RandomBytes(3 * Part)));
        Assert.Contains("part 3 of the blob 'blob'", error.Message, StringComparison.Ordinal);
        Assert.Null(await _store.LengthAsync("blob"));
        Assert.Contains(_proxy.Requests, static request => request.StartsWith("DELETE", StringComparison.Ordinal));
        Assert.Empty(_server.UnfinishedUploads);
    }

    [Theory]
    [InlineData("?uploads", 100)]
    [InlineData("partNumber=2", 60_000)]
    public async Task A_file_put_in_parts_that_is_cancelled_is_aborted(string at, int delayMs)
    {
        CleanUploads();
        using CancellationTokenSource cancelled = new();
        _proxy.Break(Fault.Slow(TimeSpan.FromMilliseconds(delayMs)), times: int.MaxValue, containing: at);
        Task put = _store.PutThroughFileAsync("blob", BlobTesting.RandomBytes(2 * Part), cancelled.Token);
        while (!_proxy.Requests.Any(request => request.Contains(at, StringComparison.Ordinal)))
        {
            await Task.Delay(5);
        }

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.Null(await _store.LengthAsync("blob"));
        Assert.Empty(_server.UnfinishedUploads);
    }

    [Fact]
    public async Task Wrong_credentials_fail_at_once_and_are_not_repeated_in_the_message()
    {
        const string Secret = "a-very-secret-value";
        using S3BlobStore stranger = new(_options with { AccessKeyId = "STRANGER", SecretAccessKey = Secret });
        Func<Task>[] calls =
        [
            () => stranger.PutAsync("blob", default),
            () => stranger.TryPutNewAsync("blob", default),
            () => stranger.LengthAsync("blob"),
            () => stranger.ReadAsync("blob", 1),
            () => stranger.KeysAsync(),
            () => stranger.DeleteAsync(["blob"]),
            () => stranger.DeleteAsync(["blob", "other"]),
        ];
        foreach (Func<Task> call in calls)
        {
            int before = _proxy.Requests.Count;
            BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(call);
            Assert.Contains("403", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
            Assert.Equal(before + 1, _proxy.Requests.Count);
        }

        Assert.DoesNotContain(Secret, $"{_options with { SecretAccessKey = Secret }}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_fails_at_once()
    {
        using S3BlobStore lost = new(_options with { Bucket = "no-such-bucket" });
        Func<Task>[] calls =
        [
            () => lost.PutAsync("blob", default),
            () => lost.TryPutNewAsync("blob", default),
            () => lost.LengthAsync("blob"),
            () => lost.ReadAsync("blob", 1),
            () => lost.KeysAsync(),
            () => lost.DeleteAsync(["blob"]),
        ];
        foreach (Func<Task> call in calls)
        {
            BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(call);
            Assert.Contains("NoSuchBucket", error.Message, StringComparison.Ordinal);
            Assert.Contains("s3://no-such-bucket", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("attempts", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_blob_changed_in_the_store_is_found_out()
    {
        await _store.PutAsync("blob", "right"u8.ToArray());
        _server.Overwrite(_options, "blob", "wrong"u8);

        // In one answer the SDK may see it first; in two, only our checksum sees it.
        await Assert.ThrowsAsync<BlobStoreException>(() => _store.ReadAsync("blob", 10));
        _proxy.Break(Fault.CutBody(1), method: "GET");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => _store.ReadAsync("blob", 10));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _store.Dispose();
        _proxy.Dispose();
    }

    private static int UnusedPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // An upload whose first answer was lost cannot be aborted by anyone who does not list uploads.
    private void CleanUploads()
    {
        foreach (string folder in _server.UnfinishedUploads)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
