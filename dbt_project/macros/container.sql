{#-
  The cluster, namespace and workload of a pod or task, on its own line: by the tags that AWS puts there once they are
  activated for cost allocation, else by its ARN: pod/CLUSTER/NAMESPACE/NAME/ID, task/CLUSTER/ID. Null on other lines.
-#}
{% macro container_cluster() -%}
    case
        when x_service_code in ('AmazonEKS', 'AmazonECS')
            then coalesce(
                {{ first_tag('tags', ['aws_eks_cluster_name', 'aws_ecs_cluster_name']) }},
                {{ text_before(text_after('resource_id', ':pod/'), '/') }},
                {{ text_before(text_after('resource_id', ':task/'), '/') }}
            )
    end
{%- endmacro %}

{% macro container_namespace() -%}
    case
        when x_service_code = 'AmazonEKS'
            then coalesce(
                {{ first_tag('tags', ['aws_eks_namespace']) }},
                {{ text_before(text_after(text_after('resource_id', ':pod/'), '/'), '/') }}
            )
    end
{%- endmacro %}

{% macro container_workload() -%}
    case
        when x_service_code in ('AmazonEKS', 'AmazonECS')
            then {{ first_tag('tags', ['aws_eks_workload_name', 'aws_eks_deployment', 'aws_ecs_service_name']) }}
    end
{%- endmacro %}
