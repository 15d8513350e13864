using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Blobs.S3;

namespace OrleansVectors.Storage.Tests.Blobs;

public sealed class BlobStoresTests
{
    [Fact]
    public void A_path_with_and_without_the_scheme_opens_a_folder()
    {
        using TempFolder folder = new();
        foreach (string location in (string[])[folder["a"], $"file:{folder["a"]}", $"file://{folder["a"]}", $"file://localhost{folder["a"]}"])
        {
            using IBlobStore store = BlobStores.Open(location);
            Assert.Equal(folder["a"], Assert.IsType<FolderBlobStore>(store).Location);
        }
    }

    [Fact]
    public void A_bucket_is_opened_with_what_the_location_says()
    {
        S3BlobOptions options = S3Location.Parse(
            "s3://my-bucket/some/prefix/?endpoint=http%3A%2F%2Flocalhost:9000&region=eu-central-1&addressing=host");
        Assert.Equal("my-bucket", options.Bucket);
        Assert.Equal("some/prefix", options.Prefix);
        Assert.Equal(new Uri("http://localhost:9000"), options.Endpoint);
        Assert.Equal("eu-central-1", options.Region);
        Assert.Equal(S3Addressing.Host, options.Addressing);
        Assert.Null(options.AccessKeyId);
        Assert.Equal("s3://my-bucket/some/prefix", options.ToString());
    }

    [Fact]
    public void A_location_in_S3_may_be_a_bucket_alone_and_settings_can_be_added()
    {
        using IBlobStore store = BlobStores.Open(
            "s3://my-bucket?endpoint=https://storage.example.org/", options => options with { AccessKeyId = "id", SecretAccessKey = "secret" });
        Assert.Equal("s3://my-bucket", Assert.IsType<S3BlobStore>(store).Location);
    }

    [Theory]
    [InlineData("", "path")]
    [InlineData("file:", "path")]
    [InlineData("file://host/folder", "host")]
    [InlineData("file://folder", "host")]
    [InlineData("http://host/folder", "scheme")]
    [InlineData("s3://", "bucket")]
    [InlineData("s3:///prefix", "bucket")]
    [InlineData("s3://My_Bucket", "bucket")]
    [InlineData("s3://bucket/a//b", "prefix")]
    [InlineData("s3://bucket/../b", "prefix")]
    [InlineData("s3://bucket?endpoint=localhost", "endpoint")]
    [InlineData("s3://bucket?endpoint=ftp://host", "endpoint")]
    [InlineData("s3://bucket?endpoint=http://id:hidden@host", "endpoint")]
    [InlineData("s3://bucket?endpoint", "endpoint")]
    [InlineData("s3://bucket?region=a%20b", "region")]
    [InlineData("s3://bucket?region=a&region=b", "region")]
    [InlineData("s3://bucket?addressing=neither", "addressing")]
    [InlineData("s3://bucket?secret=hidden", "query")]
    [InlineData("s3://id:hidden@bucket", "user")]
    public void What_is_no_location_is_refused_by_the_part_that_is_wrong(string location, string part)
    {
        BlobLocationException error = Assert.Throws<BlobLocationException>(() => BlobStores.Open(location));
        Assert.Equal(part, error.Part);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_out_of_their_bounds_are_refused_by_name()
    {
        S3BlobOptions good = new() { Bucket = "bucket", Endpoint = new Uri("http://localhost") };
        (S3BlobOptions Options, string Name)[] bad =
        [
            (good with { Bucket = "B" }, nameof(S3BlobOptions.Bucket)),
            (good with { Prefix = "/a" }, nameof(S3BlobOptions.Prefix)),
            (good with { Endpoint = new Uri("http://user:secret@host") }, nameof(S3BlobOptions.Endpoint)),
            (good with { AccessKeyId = "id" }, nameof(S3BlobOptions.AccessKeyId)),
            (good with { PartBytes = S3BlobOptions.PartBytesMin - 1 }, nameof(S3BlobOptions.PartBytes)),
            (good with { PartsAtOnceMax = 0 }, nameof(S3BlobOptions.PartsAtOnceMax)),
            (good with { AttemptsMax = 0 }, nameof(S3BlobOptions.AttemptsMax)),
            (good with { RequestTimeout = TimeSpan.Zero }, nameof(S3BlobOptions.RequestTimeout)),
            (good with { TotalTimeout = TimeSpan.FromSeconds(1) }, nameof(S3BlobOptions.TotalTimeout)),
            (good with { RetryDelay = TimeSpan.FromSeconds(-1) }, nameof(S3BlobOptions.RetryDelay)),
        ];
        foreach ((S3BlobOptions options, string name) in bad)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => new S3BlobStore(options));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }
}
