using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>In a store that ignores conditions on puts.</summary>
public sealed class S3BlobStoreTests(S3Server server) : BlobStoreTests, IClassFixture<S3Server>
{
    protected override bool OnlyOneIsFirst => false;

    protected override IBlobStore Open() => new S3BlobStore(server.NewOptions());

    protected override void AssertNothingIsLeft() => Assert.Empty(server.UnfinishedUploads);
}
