namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>The same with conditions on puts, as AWS has them.</summary>
public sealed class ConditionalS3Server : S3Server
{
    protected override string[] Flags => ["--conditions"];
}
